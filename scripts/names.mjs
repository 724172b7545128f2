// `npm run names [-- --only KEY] [--seeds N] [--by name|line]`: trains the classifiers of docs/names.md and writes that page.
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { requireNode } from "./setup/node-version.mjs";

requireNode();
const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [] },
    by: { type: "string", multiple: true, default: ["name", "line"] },
    seeds: { type: "string", default: "5" },
  },
});
const load = createRequire(import.meta.url);
load("tsx/cjs/api").register();
await load("../bench/names/run.ts").run({ ...values, seeds: Number(values.seeds) });
