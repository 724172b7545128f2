// `npm run simd`: assembles scripts/simd/kernels.mjs into lib/src/simd/bytes.ts. The result is committed, so that nobody needs
// the assembler (WABT) to build the library; test/simd.test.ts compares the two.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import startWabt from "wabt";
import { text } from "./simd/kernels.mjs";

/** The text of bytes.ts. */
export async function assemble() {
  const module = (await startWabt()).parseWat("kernels.wat", text, { simd: true });
  module.validate();
  const bytes = Buffer.from(module.toBinary({}).buffer);
  return `/** Made by \`npm run simd\` from scripts/simd/kernels.mjs: the kernels as a WebAssembly module, ${bytes.length} bytes. */
export const bytes =
  "${bytes.toString("base64")}";
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  writeFileSync(path.join(import.meta.dirname, "../lib/src/simd/bytes.ts"), await assemble());
}
