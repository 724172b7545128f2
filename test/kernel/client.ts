/** A small Jupyter client: starts the real kernel, sends requests, collects what comes. It talks over ipc, so no port is taken. */
import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { Dealer, Subscriber } from "zeromq";
import { composeMessage } from "unrolled-kernel/dist/wire";

/** A message of the kernel; `about` is the id of the request it belongs to. */
export interface Received {
  type: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as deep and varied as the protocol
  content: any;
  about: string;
}

/** What an `execute_request` brought: its reply, and its messages between busy and idle. */
export interface CellRun {
  reply: Received["content"];
  outputs: Received[];
}

const root = join(__dirname, "..", "..");
const ports = { shell_port: 1, iopub_port: 2, stdin_port: 3, control_port: 4, hb_port: 5 };

/** A running kernel and the sockets to it. */
export class KernelClient {
  /** Everything on iopub, in order of arrival. */
  readonly received: Received[] = [];
  /** Replies by the id of their request. */
  private readonly replies = new Map<string, Received>();
  private readonly shell = new Dealer({ linger: 0 });
  private readonly control = new Dealer({ linger: 0 });
  private readonly iopub = new Subscriber({ linger: 0 });
  private wake: () => void = () => undefined;

  private constructor(
    readonly process: ChildProcess,
    private readonly folder: string,
    private readonly key: string,
  ) {}

  /**
   * Starts a kernel in `cwd`, by default the repository's root, and waits until it answers. With `indirect` the process
   * of the client is one that has started the kernel.
   */
  static async start({ cwd = root, indirect = false } = {}): Promise<KernelClient> {
    const folder = mkdtempSync(join(tmpdir(), "kernel-test-"));
    const key = randomUUID();
    const ip = join(folder, "socket");
    const file = join(folder, "connection.json");
    writeFileSync(file, JSON.stringify({ transport: "ipc", ip, key, signature_scheme: "hmac-sha256", ...ports }));
    const launcher = join(root, "kernel", "dist", "launcher.js");
    const between = 'require("child_process").spawn(process.execPath, process.argv.slice(1), { stdio: "inherit" })';
    const args = [...(indirect ? ["-e", between] : []), launcher, file];
    const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
    const client = new KernelClient(child, folder, key);
    await client.connect(`ipc://${ip}-`);
    return client;
  }

  /** Sends a request and returns its id. */
  send(type: string, content: object, channel: "shell" | "control" = "shell"): string {
    const frames = composeMessage([], type, content as Record<string, unknown>, undefined, this.key);
    void this[channel].send(frames);
    return (JSON.parse(String(frames[2])) as { msg_id: string }).msg_id;
  }

  /** Sends a request and waits for its reply. */
  async ask(type: string, content: object, channel: "shell" | "control" = "shell"): Promise<Received["content"]> {
    return this.replyTo(this.send(type, content, channel));
  }

  /** Waits for the content of a reply. */
  async replyTo(id: string): Promise<Received["content"]> {
    await this.until(() => this.replies.has(id));
    return this.replies.get(id)!.content;
  }

  /** Sends a cell and returns the id of the request. */
  submit(code: string, options: object = {}): string {
    const usual = { silent: false, store_history: true, user_expressions: {}, allow_stdin: true, stop_on_error: true };
    return this.send("execute_request", { code, ...usual, ...options });
  }

  /** Waits for the end of a submitted cell. */
  async finish(id: string): Promise<CellRun> {
    const reply = await this.replyTo(id);
    await this.until(() => this.about(id).some((each) => each.content.execution_state === "idle"));
    return { reply, outputs: this.about(id) };
  }

  /** Runs a cell to its end. */
  async run(code: string, options: object = {}): Promise<CellRun> {
    return this.finish(this.submit(code, options));
  }

  /** What came on iopub about a request. */
  about(id: string): Received[] {
    return this.received.filter((each) => each.about === id);
  }

  /** Waits until something is true; looks again whenever a message comes. */
  async until(condition: () => boolean, milliseconds = 15_000): Promise<void> {
    const end = Date.now() + milliseconds;
    while (!condition()) {
      if (Date.now() > end) throw new Error(`KernelClient.until: waited ${milliseconds} ms for ${String(condition)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 200);
        this.wake = () => (clearTimeout(timer), resolve());
      });
    }
  }

  /** Ends the kernel, if it still runs. */
  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const gone = once(this.process, "exit");
      this.process.kill("SIGKILL");
      await gone;
    }
    for (const socket of [this.shell, this.control, this.iopub]) socket.close();
    rmSync(this.folder, { recursive: true });
  }

  private async connect(address: string): Promise<void> {
    this.shell.connect(address + ports.shell_port);
    this.control.connect(address + ports.control_port);
    this.iopub.connect(address + ports.iopub_port);
    this.iopub.subscribe();
    void this.listen(this.iopub, (message) => this.received.push(message));
    for (const socket of [this.shell, this.control]) {
      void this.listen(socket, (message) => this.replies.set(message.about, message));
    }
    // The first messages on iopub are lost until the subscription has reached the kernel.
    for (let tries = 0; this.received.length === 0 && tries < 100; tries++) {
      await this.ask("kernel_info_request", {});
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private async listen(socket: Dealer | Subscriber, take: (message: Received) => void): Promise<void> {
    for await (const frames of socket) {
      const start = frames.findIndex((frame) => String(frame) === "<IDS|MSG>");
      const [header, parent, , content] = frames.slice(start + 2).map((frame) => JSON.parse(String(frame)));
      take({ type: header.msg_type, content, about: parent.msg_id });
      this.wake();
    }
  }
}

/** The text a cell printed to one stream. */
export function printed({ outputs }: CellRun, name = "stdout"): string {
  const streams = outputs.filter((each) => each.type === "stream" && each.content.name === name);
  return streams.map((each) => each.content.text as string).join("");
}

/** The types of a cell's messages, in order. */
export function types({ outputs }: CellRun): string[] {
  return outputs.map(({ type, content }) => (type === "status" ? content.execution_state : type));
}

/** The first message of a type. */
export function first({ outputs }: CellRun, type: string): Received["content"] {
  return outputs.find((each) => each.type === type)?.content;
}

/** A traceback as plain text. */
export function traceback(run: CellRun): string {
  return stripVTControlCharacters(first(run, "error").traceback.join("\n"));
}
