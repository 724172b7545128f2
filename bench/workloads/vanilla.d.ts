import type { Workload } from "../types";
export declare const workloads: Workload[];
