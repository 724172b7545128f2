import type { Workload } from "../types";
export interface Listed {
  workload: Workload;
  file: string;
}
export declare const listed: readonly Listed[];
