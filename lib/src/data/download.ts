/**
 * Downloads one small file over https into memory, patiently: several addresses, three tries, time limits, and what has
 * already come is kept when a connection breaks. It stores nothing; the caller judges the content first.
 */
import { setTimeout as sleep } from "node:timers/promises";

export interface DownloadOptions {
  /** The most bytes to accept. */
  maxBytes?: number;
  /** How many requests to make in all before giving up. */
  tries?: number;
  /** Milliseconds before the second try; doubled before each further one. */
  backOff?: number;
  /** Milliseconds to wait for a connection, or for the next piece of the file. */
  idleTimeout?: number;
  /** Milliseconds for one try from beginning to end. */
  timeout?: number;
  /** Called with the bytes that have come and how many are expected (undefined if the server does not say). */
  onProgress?: (received: number, total: number | undefined) => void;
}

export interface Download {
  bytes: Uint8Array;
  /** The address that answered, after redirects. */
  url: string;
}

/** What is left of a broken try: enough to ask the same server for the rest. */
interface Part {
  url: string;
  chunks: Uint8Array[];
  received: number;
  /** The server's strong name for this version of the file: without it a rest could belong to another version. */
  etag: string;
}

/** A failure that the same address would only repeat: another may do better. */
class Refused extends Error {}

/**
 * Downloads from the first address that works. Only https is accepted, also after redirects (http from this machine, for
 * tests). A broken connection is resumed where the server can, otherwise begun again; other addresses take their turn, and
 * one that refuses is not asked again.
 *
 * Throws when every try has failed, with each different reason.
 */
export async function download(urls: readonly string[], options: DownloadOptions = {}): Promise<Download> {
  const { tries = 3, backOff = 500 } = options;
  const reasons = new Map<string, Set<string>>(); // each with the hosts it came from
  const fail = (host: string, reason: string) => reasons.set(reason, (reasons.get(reason) ?? new Set()).add(host));
  for (const url of urls) if (!URL.canParse(url)) fail(JSON.stringify(url), "not an address");
  const turn = [...new Set(urls)].filter((url) => URL.canParse(url));
  let part: Part | undefined;
  for (let attempt = 0; attempt < tries && turn.length > 0; attempt++) {
    if (attempt > 0) await sleep(backOff * 2 ** (attempt - 1));
    const url = turn.shift()!;
    const started: Part = part ?? { url, chunks: [], received: 0, etag: "" };
    part = undefined;
    try {
      return await attemptOnce(started, options);
    } catch (error) {
      fail(new URL(url).host, describe(error));
      if (error instanceof Refused) continue;
      if (started.received > 0 && started.etag) {
        part = started;
        turn.unshift(url); // only it can go on where it stopped
      } else turn.push(url);
    }
  }
  const all = [...reasons].map(([reason, hosts]) => `${[...hosts].join(", ")}: ${reason}`).join("; ");
  throw new Error(`download: ${all || "no address to download from"}`);
}

/** One request; what comes is added to `part`, which survives a failure. */
async function attemptOnce(part: Part, options: DownloadOptions): Promise<Download> {
  const { maxBytes = 2 ** 24, idleTimeout = 10_000, timeout = 120_000, onProgress } = options;
  checkProtocol(part.url);
  const controller = new AbortController();
  const abort = (message: string) => () => controller.abort(new Error(message));
  const whole = setTimeout(abort(`took longer than ${timeout / 1000} s`), timeout);
  const idle = setTimeout(abort(`no answer for ${idleTimeout / 1000} s`), idleTimeout);
  try {
    const response = await fetch(part.url, {
      signal: controller.signal,
      headers: {
        "Accept-Encoding": "identity",
        ...(part.received > 0 ? { Range: `bytes=${part.received}-`, "If-Range": part.etag } : {}),
      },
    });
    checkProtocol(response.url);
    if (response.status === 416) part.received = 0;
    checkStatus(response);
    if (response.status !== 206 || !continues(response, part.received)) {
      part.chunks = [];
      part.received = 0;
      if (response.status === 206) throw new Error("the server sent another part than the one asked for");
    }
    const etag = response.headers.get("etag") ?? "";
    part.etag = etag.startsWith("W/") ? "" : etag;
    const length = Number(response.headers.get("content-length") ?? NaN);
    const total = Number.isFinite(length) ? part.received + length : undefined;
    if (total !== undefined && total > maxBytes) throw new Refused(`${total} bytes are more than ${maxBytes}`);
    for await (const chunk of response.body ?? []) {
      idle.refresh();
      part.chunks.push(chunk as Uint8Array);
      part.received += (chunk as Uint8Array).length;
      if (part.received > maxBytes) throw new Refused(`more than ${maxBytes} bytes`);
      onProgress?.(part.received, total);
    }
    if (part.received === 0) throw new Error("an empty file");
    return { bytes: Buffer.concat(part.chunks), url: response.url };
  } finally {
    clearTimeout(whole);
    clearTimeout(idle);
    controller.abort();
  }
}

/** Whether a partial answer begins where our bytes end. */
function continues(response: Response, received: number): boolean {
  return Number(/^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1]) === received;
}

function checkStatus({ ok, status }: Response): void {
  if (ok) return;
  const temporary = status >= 500 || status === 408 || status === 416 || status === 429;
  throw new (temporary ? Error : Refused)(`status ${status}`);
}

function checkProtocol(address: string): void {
  const { protocol, hostname } = new URL(address);
  if (protocol !== "https:" && hostname !== "127.0.0.1") throw new Refused(`expected https, got ${address}`);
}

/** What a network error means: fetch says "fetch failed" and hides the reason in its cause. */
function describe(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  if (!(inner instanceof Error)) return String(inner);
  const { code = "" } = inner as NodeJS.ErrnoException;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "no network, or the name is unknown";
  return inner.message || code || inner.name; // several addresses of one name fail without a message, but with a code
}
