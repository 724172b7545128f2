/** All workloads, in the order in which they run and are shown, and the file that each is defined in. */
import path from "node:path";
import type { Workload } from "../types";
import * as peak from "./peak";
import * as alice from "./alice";
import * as aliceText from "./alice-text";
import * as charrnn2 from "./charrnn2";
import * as tiny from "./tiny";
import * as tape from "./tape";
import * as gruPool from "./gru-pool";
import * as names from "./names";
import * as vanilla from "./vanilla";
import * as generate from "./generate";
import * as wasm from "./wasm";

const modules = {
  peak,
  alice,
  "alice-text": aliceText,
  charrnn2,
  tiny,
  tape,
  "gru-pool": gruPool,
  names,
  vanilla,
  generate,
  wasm,
};

export interface Listed {
  workload: Workload;
  file: string;
}

export const listed: readonly Listed[] = Object.entries(modules).flatMap(([name, { workloads }]) =>
  workloads.map((workload) => ({ workload, file: path.join(__dirname, `${name}.ts`) })),
);
