/** A workload for test/bench.test.ts: contenders that do what contenders should, and some that do not. */
import type { Contender, Runner, Workload } from "../../bench/types";

const contender = (name: string, run: () => Runner | Promise<Runner>, more: Partial<Contender> = {}): Contender => ({
  name,
  label: `the ${name} one`,
  party: "Unrolled",
  threads: 1,
  run,
  ...more,
});

/** Counts 1, 2, 3, … and takes some time for it. */
function counter(milliseconds: number, from = 0): Runner {
  let count = from;
  const step = () => {
    const end = performance.now() + milliseconds;
    while (performance.now() < end);
    return ++count;
  };
  return { step };
}

export const workloads: Workload[] = [
  {
    name: "counting",
    title: "Counting",
    unit: "number",
    reference: ["slow"],
    flops: 1000,
    contenders: [
      contender("fast", () => counter(1)),
      contender("slow", () => counter(3)),
      contender("lying", () => counter(0, 1e-3)),
      contender("broken", () => {
        throw new Error("cannot count");
      }),
      contender("vanishing", () => process.exit(3)),
      contender("different", () => counter(1, 100), { checks: 0 }),
      contender("skipped", () => counter(0), { slow: true }),
      contender("foreign", () => counter(0), { run: { script: "none.py", args: [] } }),
    ],
  },
];
