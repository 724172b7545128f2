// `npm start`: sets up what is missing, then opens JupyterLab on the notebooks. Arguments after `--` go to JupyterLab.
import { requireNode } from "./setup/node-version.mjs";

requireNode();
const { setUp } = await import("./setup/steps.mjs");
const { readable } = await import("./setup/errors.mjs");
const { slowNotice } = await import("./setup/binding.mjs");
const { startLab } = await import("./setup/lab.mjs");

try {
  const { python, problems } = await setUp();
  if (!python || problems.length) {
    console.error("JupyterLab cannot start before this is mended (`npm run doctor` shows the whole picture).");
    process.exit(1);
  }
  const notice = slowNotice();
  if (notice) console.log(notice);
  process.exitCode = await startLab(python, process.argv.slice(2));
} catch (error) {
  const { message, fix } = readable(error);
  console.error(`Could not start: ${message}\nWhat to do: ${fix}`);
  process.exitCode = 1;
}
