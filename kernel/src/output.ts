/**
 * Hook 3: where everything goes that a cell prints and shows, also after it has ended (then under the last cell).
 *
 * Replaced: `write` of process.stdout and process.stderr; the writer behind tslab's own `display`; and one global object
 * for libraries, `globalThis[Symbol.for("jupyter.kernel")]`, which sends any output message without importing tslab
 * (whose compiler takes a second to load).
 */
import { StringDecoder } from "node:string_decoder";
import * as tslab from "tslab/dist/jupyter";
import { encodeBinary } from "./display";
import type { Place, Sources } from "./sources";
import { TextStreams, type StreamName } from "./streams";
import type { Content, Message } from "./wire";

/** What libraries find under `Symbol.for("jupyter.kernel")`. */
export interface KernelHook {
  /** Sends an output message of the running cell, e.g. `publish("display_data", { data, metadata: {}, transient: {} })`. */
  publish(type: string, content: Content): void;
  /** Clears the cell's output; with `wait`, when the next output comes. */
  clearOutput(wait?: boolean): void;
  /** Where a place in running code was written: the cell's TypeScript, not the JavaScript made from it. */
  original(place: Place): Place;
}

type Send = (type: string, content: Content, parent: Message | undefined) => void;

/** The output of the running (or last) cell. */
export class Output implements KernelHook {
  private parent: Message | undefined;
  private readonly text = new TextStreams((name, text) => this.send("stream", { name, text }, this.parent));

  constructor(
    private readonly send: Send,
    private readonly sources: Sources,
  ) {}

  /** From now on output belongs to the cell that `request` asked for. */
  startCell(request: Message): void {
    this.text.startCell();
    this.parent = request;
  }

  publish(type: string, content: Content): void {
    this.text.flush();
    this.send(type, type.endsWith("display_data") ? withBundle(content) : content, this.parent);
  }

  clearOutput(wait = false): void {
    this.publish("clear_output", { wait });
  }

  original(place: Place): Place {
    return this.sources.original(place) ?? place;
  }

  /** Adds printed text. */
  write(name: StreamName, text: string): void {
    this.text.write(name, text);
  }

  /** Sends text that still waits. */
  flush(): void {
    this.text.flush();
  }

  /** Puts the hooks in place. */
  capture(): void {
    this.captureStream("stdout");
    this.captureStream("stderr");
    process.on("exit", () => this.flush());
    Object.assign(tslab, {
      lastWriteDisplayData: (content: Content, update: boolean) =>
        this.publish(update ? "update_display_data" : "display_data", content),
    });
    const hook: KernelHook = {
      publish: this.publish.bind(this),
      clearOutput: this.clearOutput.bind(this),
      original: this.original.bind(this),
    };
    Object.assign(globalThis, { [Symbol.for("jupyter.kernel")]: hook });
  }

  private captureStream(name: StreamName): void {
    const stream = process[name];
    const original = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
    const decoder = new StringDecoder("utf8"); // a character may be split between two writes
    const write = (chunk: unknown, ...rest: unknown[]): boolean => {
      if (!this.parent) return original(chunk, ...rest); // before the first cell: to the terminal of the server
      const encoding = typeof rest[0] === "string" ? (rest[0] as BufferEncoding) : "utf8";
      const bytes = typeof chunk === "string" ? chunk : decoder.write(Buffer.from(chunk as Uint8Array));
      this.write(name, encoding === "hex" || encoding === "base64" ? String(Buffer.from(bytes, encoding)) : bytes);
      const done = rest.find((each) => typeof each === "function") as (() => void) | undefined;
      if (done) process.nextTick(done);
      return true;
    };
    Object.assign(stream, { write });
  }
}

function withBundle(content: Content): Content {
  return { metadata: {}, ...content, data: encodeBinary((content["data"] as object | undefined) ?? {}) };
}
