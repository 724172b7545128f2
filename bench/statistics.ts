/** Medians, and which rounds count. */
import type { Round } from "./types";

/** Below this many busy cores of other programs a round is quiet. */
export const QUIET = 0.2;

/** The middle value, or the mean of the two middle ones; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** The rounds that count: the quiet ones, if there are three or no others; else all, for what they are worth. */
export function counted(rounds: readonly Round[]): readonly Round[] {
  const quiet = rounds.filter((round) => round.quiet);
  return quiet.length >= 3 ? quiet : rounds;
}

/** Median of round medians, best step, and how far the round medians lie apart. */
export function summarise(rounds: readonly Round[]): { median: number; min: number; spread: number } {
  const used = counted(rounds);
  const medians = used.map((round) => round.median);
  const middle = median(medians);
  return {
    median: middle,
    min: Math.min(...used.map((round) => round.min)),
    spread: (Math.max(...medians) - Math.min(...medians)) / middle,
  };
}

/** Runs `step` for about `seconds` (and `least` times), grouped so that the clock is read every millisecond or so. */
export async function sample(
  step: () => unknown,
  { seconds, least, steps }: { seconds: number; least: number; steps?: number | undefined },
): Promise<{ median: number; min: number; steps: number }> {
  const samples: number[] = [];
  const begin = performance.now();
  let done = 0;
  let group = steps ?? 1;
  let now = begin;
  do {
    const before = now;
    for (let i = 0; i < group; i++) {
      const result = step();
      if (result instanceof Promise) await result; // a plain value is not waited for: a turn of the loop costs as much as a tiny step
    }
    now = performance.now();
    done += group;
    samples.push((now - before) / group);
    if (steps !== undefined) break;
    if (group === 1 && now - before < 0.5) group = Math.max(1, Math.round(1 / Math.max(now - before, 1e-3)));
  } while (done < least || now - begin < seconds * 1000);
  return { median: median(samples), min: Math.min(...samples), steps: done };
}
