import { type QuietGate } from "./load";
import type { Workload, WorkloadResult } from "./types";
export interface Settings {
  rounds: number;
  /** How long a contender works in each round. */
  seconds: number;
  quick: boolean;
  /** The interpreter with PyTorch and NumPy, or why there is none. */
  python:
    | {
        executable: string;
      }
    | {
        missing: string;
      };
  /** Why compiled steps cannot run here, if they cannot. */
  noGraphs?: string | undefined;
  gate: QuietGate;
  /** A folder for what the contenders share. */
  folder: string;
  stopped: () => boolean;
  progress?: (text: string) => void;
}
/** All rounds of a workload. `file` is where its definition is, for the contenders' processes. Never throws for one of them. */
export declare function measure(workload: Workload, file: string, settings: Settings): Promise<WorkloadResult>;
