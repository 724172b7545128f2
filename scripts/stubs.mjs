// `npm run stubs`, for authors: makes the files of lib/src/exercises, as they are now, the stubs that `learn reset` and
// hand-outs use.
import { keepStubs } from "./teach/stubs.mjs";

try {
  const changed = keepStubs();
  console.log(changed.length ? `Kept as stubs: ${changed.join(", ")}.` : "The stubs are as they were.");
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exitCode = 1;
}
