// The submissions of a class: folders and zip files in one folder, as course systems hand them out. Zip files are read
// within limits and only their stubs are unpacked, each into a temporary folder.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { stubFolder } from "../grade/registry.mjs";
import { SetupError } from "../setup/errors.mjs";
import { root, shown } from "../setup/paths.mjs";

/**
 * @typedef {object} Submission
 * @property {string} name the folder's name, or the zip file's without its ending
 * @property {string} path
 */

const zipLimit = 64 * 1024 * 1024; // bytes of a zip file; the stubs together have about 0.1 MB

/**
 * The submissions in a folder, by name. Throws a SetupError if there are none.
 * @param {string} folder
 * @returns {Submission[]}
 */
export function findSubmissions(folder) {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new SetupError(`There is no folder ${shown(folder)}.`, "Name the folder that holds the submissions.");
  const found = readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith(".") && name !== "__MACOSX")
    .filter((entry) => entry.isDirectory() || isZip(entry.name))
    .map(({ name }) => ({ name: isZip(name) ? name.slice(0, -".zip".length) : name, path: path.join(folder, name) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  if (!found.length)
    throw new SetupError(
      `There are no submissions in ${shown(folder)}.`,
      `It has to hold a folder or a .zip for each learner, with ${stubFolder}/ in it.`,
    );
  if (found.every(({ name }) => ["lib", "notebooks", "test"].includes(name)))
    throw new SetupError(
      `${shown(folder)} is itself a submission.`,
      `Name the folder above it, or grade it alone: npm run grade -- --submission ${shown(folder)}`,
    );
  const twice = found.find(({ name }, i) => found[i + 1]?.name === name);
  if (twice)
    throw new SetupError(`There are both a folder and a zip file called ${twice.name}.`, "Take one of them away.");
  return found;
}

const isZip = (/** @type {string} */ name) => /\.zip$/i.test(name);

/**
 * Gives `use` a folder with the submission's stubs: its own, or a temporary one for what was in a zip file.
 * @template T
 * @param {Submission} submission
 * @param {(folder: string) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withFolder(submission, use) {
  const zip = zipOf(submission.path);
  if (!zip) return use(submission.path);
  const folder = mkdtempSync(path.join(tmpdir(), "unrolled-submission-"));
  try {
    unpack(zip, folder);
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The zip file that a submission is, or the only thing in its folder. */
function zipOf(/** @type {string} */ file) {
  if (isZip(file)) return file;
  const inside = readdirSync(file).filter((name) => !name.startsWith(".") && name !== "__MACOSX");
  const [only] = inside;
  return inside.length === 1 && only && isZip(only) ? path.join(file, only) : undefined;
}

function unpack(/** @type {string} */ zip, /** @type {string} */ folder) {
  if (statSync(zip).size > zipLimit) throw new Error(`${path.basename(zip)} has more than ${zipLimit / 2 ** 20} MB`);
  /** @type {{ readZip: (bytes: Uint8Array, options: { match: RegExp, maxFiles: number, maxBytes: number }) => Map<string, Buffer> }} */
  const { readZip } = createRequire(import.meta.url)(path.join(root, "lib", "dist", "data", "archive.js"));
  const files = readZip(readFileSync(zip), { match: /^(?!__MACOSX).*\.ts$/, maxFiles: 5000, maxBytes: 2 ** 23 });
  for (const [name, bytes] of files) {
    const target = path.join(folder, ...name.split("/")); // readZip refused paths that leave the folder
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, bytes);
  }
}
