/** Medians, and which rounds count. */
import type { Round } from "./types";
/** Below this many busy cores of other programs a round is quiet. */
export declare const QUIET = 0.2;
/** The middle value, or the mean of the two middle ones; NaN of nothing. */
export declare function median(values: readonly number[]): number;
/** The rounds that count: the quiet ones, if there are three or no others; else all, for what they are worth. */
export declare function counted(rounds: readonly Round[]): readonly Round[];
/** Median of round medians, best step, and how far the round medians lie apart. */
export declare function summarise(rounds: readonly Round[]): {
  median: number;
  min: number;
  spread: number;
};
/** Runs `step` for about `seconds` (and `least` times), grouped so that the clock is read every millisecond or so. */
export declare function sample(
  step: () => unknown,
  {
    seconds,
    least,
    steps,
  }: {
    seconds: number;
    least: number;
    steps?: number | undefined;
  },
): Promise<{
  median: number;
  min: number;
  steps: number;
}>;
