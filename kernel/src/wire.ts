/**
 * Jupyter messages as they travel: ZeroMQ frames in, a message out, and back.
 * Pure: it opens no socket (see channels.ts) and knows no message type (see server.ts).
 *
 * https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol
 */
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";

/** What every message says about itself. */
export interface Header {
  msg_id: string;
  msg_type: string;
  session: string;
  username: string;
  date: string;
  version: string;
}

/** The content of any message: a JSON object whose fields depend on the message type. */
export type Content = Record<string, unknown>;

/** A request as it came from a client; `identities` are the return address on its socket. */
export interface Message {
  identities: Buffer[];
  header: Header;
  content: Content;
}

const delimiter = Buffer.from("<IDS|MSG>");
const session = randomUUID();

/** Reads the frames of one request; throws when they are malformed or their signature is not made with `key`. */
export function parseMessage(frames: readonly Buffer[], key: string): Message {
  const start = frames.findIndex((frame) => frame.equals(delimiter));
  const [signature, header, parent, metadata, content] = frames.slice(start + 1);
  if (start < 0 || !signature || !header || !parent || !metadata || !content) {
    throw new Error(`parseMessage: expected identities, <IDS|MSG> and 5 frames, got ${frames.length} frames`);
  }
  const expected = Buffer.from(sign(key, frames.slice(start + 2)));
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
    throw new Error("parseMessage: the signature does not match the connection file's key");
  }
  return {
    identities: frames.slice(0, start),
    header: JSON.parse(header.toString()) as Header,
    content: JSON.parse(content.toString()) as Content,
  };
}

/** Makes the frames of a message of our own, in answer to `parent` (or to nothing, when the kernel starts). */
export function composeMessage(
  identities: readonly Buffer[],
  type: string,
  content: Content,
  parent: Header | undefined,
  key: string,
): Buffer[] {
  const header: Header = {
    msg_id: randomUUID(),
    msg_type: type,
    session,
    username: parent?.username ?? "kernel",
    date: new Date().toISOString(),
    version: "5.3",
  };
  const parts = [header, parent ?? {}, {}, content].map((part) => Buffer.from(JSON.stringify(part, plainValues)));
  return [...identities, delimiter, Buffer.from(sign(key, parts)), ...parts];
}

function sign(key: string, parts: readonly Buffer[]): string {
  if (key === "") return ""; // an empty key means unsigned messages
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

/** Typed arrays become JSON arrays (by default `{"0": 1, …}`, which no renderer reads), bigints numbers (by default a throw). */
function plainValues(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return Array.from(value as unknown as ArrayLike<number>);
  return value;
}
