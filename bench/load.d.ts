/** Seconds that all cores together have been busy since some moment, with anything. */
export declare function busySeconds(): number;
/** Starts a measurement; the function that comes back tells how many cores others kept busy, given our own CPU seconds. */
export declare function watchLoad(): (ownSeconds: number) => number;
/**
 * Waits for a quiet machine, but no longer than a budget of seconds that all calls of one run share.
 */
export declare class QuietGate {
  private budget;
  constructor(budget: number);
  /** Lets the last contender's threads go to sleep; then waits while others work and there is budget left. */
  wait(stopped: () => boolean): Promise<void>;
}
