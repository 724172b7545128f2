// Is this Node new enough? The answer for people whose Node is not, so this file (and the top of every script that
// starts with it) keeps to the JavaScript of Node 14. It knows just enough of npm's ranges for our own "engines" field.
import { readFileSync } from "fs";

/**
 * Whether a version lies in a range made of `^a.b.c` and `>=a.b.c` joined by `||`; throws on any other range.
 * @param {string} version
 * @param {string} range
 * @returns {boolean}
 */
export function satisfies(version, range) {
  const have = numbers(version);
  return range.split("||").some(function (part) {
    const match = /^\s*(\^|>=)(\d+\.\d+\.\d+)\s*$/.exec(part);
    if (!match) throw new Error('satisfies: expected "^a.b.c" or ">=a.b.c", got "' + part.trim() + '"');
    const low = numbers(match[2] || "");
    return compare(have, low) >= 0 && (match[1] === ">=" || have[0] === low[0]);
  });
}

/**
 * @param {string} version
 * @returns {number[]}
 */
function numbers(version) {
  return version.replace(/^v/, "").split(/[.-]/).slice(0, 3).map(Number);
}

/**
 * @param {number[]} a
 * @param {number[]} b
 * @returns {number}
 */
function compare(a, b) {
  for (let i = 0; i < 3; i++) if (a[i] !== b[i]) return Number(a[i]) - Number(b[i]);
  return 0;
}

/** The range of Node versions this repository runs on, from its package.json. */
export function nodeRange() {
  return JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).engines.node;
}

/** Ends the process with a readable message when this Node is too old. */
export function requireNode() {
  if (satisfies(process.version, nodeRange())) return;
  console.error(
    "Unrolled needs Node.js 20.19 or newer (best an even version: 20, 22 or 24); this is Node.js " +
      process.version.slice(1) +
      ".\n  at " +
      process.execPath +
      "\nWhat to do: install the current LTS from https://nodejs.org (or: nvm install 24; conda env create -f environment.yml), " +
      "open a new terminal and run the same command again.",
  );
  process.exit(1);
}
