// Where the browser for the end-to-end test is; nobody else needs one.
import { existsSync } from "node:fs";
import { which } from "./paths.mjs";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const places = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/**
 * The path of a Chromium or Chrome: $CHROMIUM, else one on PATH or in its usual place.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined}
 */
export function findChromium(env = process.env) {
  if (env.CHROMIUM) return which(env.CHROMIUM, env);
  return names.map((name) => which(name, env)).find(Boolean) ?? places.find((file) => existsSync(file));
}
