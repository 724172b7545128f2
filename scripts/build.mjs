// Builds lib and kernel and type-checks the tests: `npm run build`. Arguments go to the compiler (`-- --force`).
import { spawnSync } from "node:child_process";
import { buildKey, compilerCommand, rememberBuild } from "./setup/build.mjs";
import { root } from "./setup/paths.mjs";

const key = buildKey();
const { status } = spawnSync(process.execPath, compilerCommand(process.argv.slice(2)), { cwd: root, stdio: "inherit" });
if (status === 0 && process.argv.length === 2) rememberBuild(key);
process.exit(status ?? 1);
