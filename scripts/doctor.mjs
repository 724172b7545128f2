// `npm run doctor`: what works on this machine, which backend computes and why, and what to do about the rest. Changes
// nothing. Exit code 0 when the course can run.
import { requireNode } from "./setup/node-version.mjs";

requireNode();
const { diagnose, table } = await import("./setup/doctor.mjs");
const findings = await diagnose(process.env);
console.log(table(findings));
const broken = findings.filter(({ state }) => state === "broken").length;
console.log(
  broken ? `\nThe course cannot run yet: mend the ✗ lines, top to bottom.` : "\nThe course can run: npm start",
);
process.exitCode = broken ? 1 : 0;
