/**
 * The kernel's five ZeroMQ sockets: opened from the connection file, read in loops, written in order.
 * What a message means is decided in server.ts.
 *
 * tslab's own ZmqServer is not used: its message class is private, its loops drop the promise of each handler, and its
 * Publisher keeps ZeroMQ's default mark of 1000 messages, above which they are lost without a word. A cell that prints
 * 2,000 lines then loses its `idle` status, and the client waits for ever.
 *
 * `sendTimeout: 0` makes zeromq.js hand each message over at once. By default it does so for 512 messages in one turn of
 * the event loop and then throws EBUSY, which a cell that shows much in a synchronous loop would see.
 */
import { readFileSync, writeSync } from "node:fs";
import { Publisher, Reply, Router } from "zeromq";
import { composeMessage, parseMessage, type Content, type Message } from "./wire";

/** The connection file that every Jupyter client writes for its kernel. */
export interface ConnectionInfo {
  transport: string;
  ip: string;
  key: string;
  shell_port: number;
  control_port: number;
  stdin_port: number;
  iopub_port: number;
  hb_port: number;
}

/** The two sockets on which requests come. */
export type RequestChannel = "shell" | "control";

/** Reads a connection file; throws when it is no JSON or has no ports. */
export function readConnectionFile(path: string): ConnectionInfo {
  const info = JSON.parse(readFileSync(path, "utf8")) as ConnectionInfo;
  if (!info.shell_port) throw new Error(`readConnectionFile: expected a Jupyter connection file, got ${path}`);
  return info;
}

/** Opened sockets; requests go to the callback given to `open`. */
export class Channels {
  private readonly sockets = {
    shell: new Router({ sendTimeout: 0 }),
    control: new Router({ sendTimeout: 0 }),
    stdin: new Router(), // bound because clients connect to it; nothing here ever asks for input
    iopub: new Publisher({ sendHighWaterMark: 0, sendTimeout: 0 }), // 0 = no limit; has to be set before bind
    hb: new Reply(),
  };

  constructor(private readonly info: ConnectionInfo) {}

  /** Binds the sockets and starts to read. */
  async open(onRequest: (channel: RequestChannel, message: Message) => void): Promise<void> {
    for (const channel of ["shell", "control"] as const) {
      void this.read(channel, (frames) => onRequest(channel, parseMessage(frames, this.info.key)));
    }
    void this.read("hb", (frames) => this.send("hb", frames));
    const { transport, ip } = this.info;
    const separator = transport === "ipc" ? "-" : ":"; // for ipc, `ip` is a path and the "ports" tell five files apart
    for (const name of ["iopub", "shell", "control", "stdin", "hb"] as const) {
      await this.sockets[name].bind(`${transport}://${ip}${separator}${this.info[`${name}_port`]}`);
    }
  }

  /** Tells every client, in answer to `parent`. */
  publish(type: string, content: Content, parent: Message | undefined): void {
    this.send("iopub", composeMessage([Buffer.from(type)], type, content, parent?.header, this.info.key));
  }

  /** Answers the client that sent `request`, on the socket it came from. */
  reply(channel: RequestChannel, type: string, content: Content, request: Message): void {
    this.send(channel, composeMessage(request.identities, type, content, request.header, this.info.key));
  }

  /** Closes the sockets; what was sent before still leaves. */
  close(): void {
    for (const socket of Object.values(this.sockets)) socket.close();
  }

  private send(name: RequestChannel | "iopub" | "hb", frames: Buffer[]): void {
    this.sockets[name]
      .send(frames)
      .catch((error: unknown) => log(`a message on ${name} was not sent: ${String(error)}`));
  }

  private async read(name: RequestChannel | "hb", handle: (frames: Buffer[]) => void): Promise<void> {
    for await (const frames of this.sockets[name]) {
      try {
        handle(frames);
      } catch (error) {
        log(`a message on ${name} was dropped: ${String(error)}`);
      }
    }
  }
}

/** To the terminal of the server: `process.stderr` leads to the notebook. */
function log(text: string): void {
  writeSync(2, `kernel: ${text}\n`);
}
