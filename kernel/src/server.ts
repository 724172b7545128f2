/**
 * Requests in, replies out: which message is answered how, and when the kernel is busy.
 *
 * Cells go through one queue. Every other request is answered at once, also while a cell runs, between its own `busy`
 * and `idle`; then `busy` is said again for the cell, whose clients would otherwise take the kernel for idle.
 */
import type { Channels, RequestChannel } from "./channels";
import type { Cells } from "./cells";
import type { Execution } from "./execution";
import type { Interrupts } from "./interrupts";
import { complete, inspect, isComplete, kernelInfo } from "./language";
import type { Output } from "./output";
import { ExecuteQueue } from "./queue";
import type { Content, Message } from "./wire";

interface Incoming {
  channel: RequestChannel;
  message: Message;
}

/** The kernel as its clients see it. */
export class Server {
  private running: Message | undefined;
  private readonly queue = new ExecuteQueue<Incoming>(
    (incoming) => this.execute(incoming),
    (incoming) => this.answer(incoming, "execute_reply", { status: "aborted" }), // without a count: the cell was not run
  );

  /** Content of the reply to each type of request. */
  private readonly replies: Record<string, (content: Content) => Content> = {
    kernel_info_request: () => kernelInfo(),
    is_complete_request: ({ code }) => isComplete(String(code)),
    complete_request: ({ code, cursor_pos }) => complete(this.cells, String(code), Number(cursor_pos)),
    inspect_request: ({ code, cursor_pos }) => inspect(this.cells, String(code), Number(cursor_pos)),
    history_request: (content) => ({ status: "ok", history: this.execution.history.find(content) }),
    comm_info_request: () => ({ status: "ok", comms: {} }), // widgets need a Python-like kernel; there are none here
    interrupt_request: () => {
      this.interrupts.interrupt();
      return { status: "ok" };
    },
    shutdown_request: ({ restart = false }) => {
      setTimeout(() => this.exit(), 20);
      return { status: "ok", restart };
    },
  };

  constructor(
    private readonly channels: Channels,
    private readonly cells: Cells,
    private readonly execution: Execution,
    private readonly output: Output,
    private readonly interrupts: Interrupts,
  ) {}

  /** Handles one request. */
  handle(channel: RequestChannel, message: Message): void {
    const { msg_type } = message.header;
    const reply = this.replies[msg_type];
    if (msg_type === "execute_request") {
      this.queue.add({ channel, message });
    } else if (reply) {
      this.answer({ channel, message }, msg_type.replace(/_request$/, "_reply"), () => reply(message.content));
    } else {
      this.answer({ channel, message });
    }
  }

  private async execute({ channel, message }: Incoming) {
    this.running = message;
    this.status("busy", message);
    const failed = (error: unknown) => ({ reply: errorReply(error), abortsWaiting: true }); // a mistake in the kernel
    const { reply, abortsWaiting } = await this.execution.run(message).catch(failed);
    return {
      abortsWaiting,
      reply: () => {
        this.channels.reply(channel, "execute_reply", reply, message);
        this.output.flush();
        this.running = undefined;
        this.status("idle", message);
      },
    };
  }

  /** Answers between busy and idle; a request of an unknown type gets no reply, as the protocol wants it. */
  private answer({ channel, message }: Incoming, type?: string, content: Content | (() => Content) = {}): void {
    this.output.flush();
    this.status("busy", message);
    try {
      if (type) this.channels.reply(channel, type, typeof content === "function" ? content() : content, message);
    } catch (error) {
      this.channels.reply(channel, type!, errorReply(error), message);
    }
    this.status("idle", message);
    if (this.running) this.status("busy", this.running);
  }

  private status(execution_state: "busy" | "idle", parent: Message): void {
    this.channels.publish("status", { execution_state }, parent);
  }

  /** Exits although timers or servers that a cell started are alive (stock waits for them, and is killed after 5 s). */
  private exit(): void {
    this.cells.close();
    this.channels.close();
    process.exit(0);
  }
}

/** For what goes wrong in the kernel itself. */
function errorReply(error: unknown): Content {
  const { name, message, stack } = error as Error;
  return { status: "error", ename: name, evalue: message, traceback: String(stack).split("\n") };
}
