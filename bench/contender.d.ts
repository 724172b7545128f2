import type { Contender } from "./types";
/** The answer to "prepare". */
export interface Prepared {
  /** What its first steps computed. */
  first: number[];
  seconds: number;
}
/** The answer to "round": milliseconds per step, and what it took. */
export interface RoundAnswer {
  median: number;
  min: number;
  steps: number;
  /** CPU seconds of all threads. */
  cpu: number;
  /** Resident bytes. */
  rss: number;
  /** Why a compiled step runs eagerly. */
  reason?: string;
  graph?: {
    operations: number;
    nodes: number;
  };
}
/** Ends every contender's process. */
export declare function endAll(): void;
export declare class ContenderProcess {
  readonly contender: Contender;
  private readonly child;
  private waiting;
  private chatter;
  private gone;
  constructor(
    file: string,
    workload: string,
    contender: Contender,
    {
      python,
      env,
    }: {
      python: string | undefined;
      env: Record<string, string>;
    },
  );
  /** Sends an order and waits for the answer; throws what the contender says went wrong, or that it takes too long. */
  ask<Answer>(order: object, limitSeconds: number): Promise<Answer>;
  /** Ends the process and all it started, at once: it holds nothing worth keeping. */
  end(): void;
  private fail;
}
