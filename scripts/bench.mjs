// `npm run bench`: measures the library against PyTorch, NumPy, tf.layers and brain.js; sets up what is missing first. The
// work is in bench/, in TypeScript that runs as it stands.
import { createRequire } from "node:module";
import { requireNode } from "./setup/node-version.mjs";

requireNode();
const { readOptions, usage } = await import("./bench/options.mjs");
const { readable } = await import("./setup/errors.mjs");

try {
  const args = process.argv.slice(2);
  const options = readOptions(args);
  if (options.help) console.log(usage);
  else {
    const { setUp } = await import("./setup/steps.mjs");
    await setUp();
    const load = createRequire(import.meta.url);
    load("tsx/cjs/api").register();
    const command = ["npm run bench", ...(args.length ? ["--", ...args] : [])].join(" ");
    process.exitCode = await load("../bench/run.ts").bench(options, command);
  }
} catch (error) {
  const { message, fix } = readable(error);
  console.error(`${message}\n${fix}`);
  process.exitCode = 2;
}
