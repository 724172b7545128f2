/**
 * The process of one JavaScript contender: node --import tsx child.ts FILE WORKLOAD CONTENDER. Takes orders, one JSON line
 * each, and answers with JSON lines marked "@@"; anything else that is printed is chatter. Ends when its input ends.
 * python/child.py is its twin.
 */
import { createInterface } from "node:readline";
import { sample } from "./statistics";
import type { Runner, Workload } from "./types";

interface Order {
  do: "prepare" | "round";
  checks: number;
  seconds: number;
  least: number;
  steps?: number;
}

const answer = (message: object) => process.stdout.write(`@@${JSON.stringify(message)}\n`);

async function main([file, workloadName, contenderName]: string[]): Promise<void> {
  const started = performance.now();
  let runner: Runner;

  const prepare = async ({ checks }: Order) => {
    const { workloads } = (await import(file!)) as { workloads: Workload[] };
    const workload = workloads.find(({ name }) => name === workloadName)!;
    const { run } = workload.contenders.find(({ name }) => name === contenderName)!;
    runner = await (run as () => Runner | Promise<Runner>)();
    const first: number[] = [];
    for (let i = 0; i < Math.max(1, checks); i++) first.push(...[await runner.step()].flat());
    return { first, seconds: (performance.now() - started) / 1000 };
  };

  const round = async (order: Order) => {
    const before = process.cpuUsage();
    const result = await sample(() => runner.step(), order);
    const { user, system } = process.cpuUsage(before);
    const { reason, stats } = runner.compiled ?? {};
    const graph = stats?.nodes
      ? {
          operations: stats.operations,
          nodes: stats.nodes,
          ...(stats.engine === "TensorFlow" && { nativeShare: await nativeShare(runner) }),
        }
      : undefined;
    return { ...result, cpu: (user + system) / 1e6, rss: process.memoryUsage().rss, reason, graph };
  };

  for await (const line of createInterface(process.stdin)) {
    try {
      const order = JSON.parse(line) as Order;
      answer(order.do === "prepare" ? await prepare(order) : await round(order));
    } catch (error) {
      answer({ error: error instanceof Error ? error.message : String(error) });
    }
  }
  process.exit(0);
}

/** Which share of some steps' time passes inside the native calls that run graphs. */
async function nativeShare(runner: Runner): Promise<number> {
  const { tf } = await import("unrolled");
  const native = tf.backend() as unknown as { binding: { runSavedModel(...args: unknown[]): unknown } };
  const { binding } = native;
  let inside = 0;
  const runSavedModel = (...args: unknown[]) => {
    const begin = performance.now();
    const outputs = binding.runSavedModel(...args);
    inside += performance.now() - begin;
    return outputs;
  };
  native.binding = Object.create(binding, { runSavedModel: { value: runSavedModel } }) as typeof binding;
  const begin = performance.now();
  do await runner.step();
  while (performance.now() - begin < 50);
  native.binding = binding;
  return inside / (performance.now() - begin);
}

void main(process.argv.slice(2));
