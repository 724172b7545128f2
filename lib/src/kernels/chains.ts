/**
 * How many independent chains a fused op cuts the batch into. One is best while operations run one at a time; when a step is
 * recorded and replayed as a graph, one chain per core lets TensorFlow run them side by side.
 */

/** Below this many rows per chain the products are too small to be worth cutting. */
const MIN_ROWS = 32;

let wanted = 1;

/** Runs `body` with the fused ops cutting the batch into up to `count` chains. */
export function withChains<T>(count: number, body: () => T): T {
  const before = wanted;
  wanted = count;
  try {
    return body();
  } finally {
    wanted = before;
  }
}

/** The number of chains for a batch of this size. */
export function chainCount(batch: number): number {
  return Math.max(1, Math.min(wanted, Math.floor(batch / MIN_ROWS)));
}
