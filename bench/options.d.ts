export interface Options {
  help: boolean;
  list: boolean;
  quick: boolean;
  write: boolean;
  python: boolean;
  only: string[];
  json: string | undefined;
  /** A report to show (and write) instead of measuring. */
  from: string | undefined;
  rounds: number;
  seconds: number;
  /** Seconds to wait for a quiet machine, in all. */
  wait: number;
}
export declare const usage =
  "Usage: npm run bench [-- options]\n\nMeasures the library against PyTorch, NumPy, tf.layers and brain.js: the same work from the same seed, in interleaved rounds.\nTakes about 10 minutes on a machine that does nothing else; a busy one is waited for, and noisy rounds are marked.\nCtrl-C ends it and keeps what was measured.\n\n  --quick         fewer and shorter rounds, without the slowest contenders: under 3 minutes, no figures to quote\n  --only NAME     only this workload (may be given several times, or as a,b; --list shows them)\n  --rounds N      rounds of each contender (default 7, quick 2)\n  --seconds S     how long a contender works in a round (default 0.8, quick 0.2)\n  --wait S        how long to wait for a quiet machine, in all (default 90, quick 10)\n  --no-python     without PyTorch and NumPy: makes no venv, downloads nothing\n  --json FILE     also write the report there (it is always in build/bench.json)\n  --write         also write docs/performance.md; needs a full run\n  --from FILE     measure nothing: show (and with --write, write) this report\n  --list          the names of the workloads\n  --help          this text";
/** Reads the command line; throws an error with one sentence on what is wrong with it. */
export declare function readOptions(args: string[]): Options;
