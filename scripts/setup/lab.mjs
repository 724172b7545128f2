// Runs JupyterLab on this repository until Ctrl-C: our kernel as the default one, the first notebook open, a free port,
// only this machine listening.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SetupError } from "./errors.mjs";
import { binOf, isWindows, root } from "./paths.mjs";

const FIRST_PORT = 8888;
const PORTS = 50;

/**
 * This machine's port if it is free (0: any free one), else 0.
 * @param {number} port
 * @returns {Promise<number>}
 */
function tryPort(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(0));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/**
 * The first free port from `first` on.
 * @param {number} [first]
 */
export async function freePort(first = FIRST_PORT) {
  for (let port = first; port < first + PORTS; port++) if (await tryPort(port)) return port;
  throw new SetupError(
    `the ports ${first} to ${first + PORTS - 1} are all taken`,
    "Name a free one: npm start -- --port=9999",
  );
}

/** What JupyterLab opens first: the way in, else the folder of the notebooks. */
function firstPage() {
  const start = "notebooks/00-start-here.ipynb";
  return `/lab/tree/${existsSync(path.join(root, start)) ? start : "notebooks"}`;
}

/** The full name of the option in a word such as `--log-level=INFO`, which has two. */
function optionName(/** @type {string} */ word) {
  const [name = ""] = word.split("=");
  const [, short] = /^--(ip|port|port-retries|log-level)$/.exec(name) ?? [];
  return short ? `--ServerApp.${short.replace("-", "_")}` : name;
}

/**
 * JupyterLab's arguments: ours, but for those that the user gives (Jupyter refuses an option that comes twice).
 * @param {{ port: number, browser: boolean, asRoot: boolean }} where
 * @param {string[]} extra
 */
export function labArguments({ port, browser, asRoot }, extra) {
  const own = [
    ...[`--ServerApp.root_dir=${root}`, `--LabApp.default_url=${firstPage()}`],
    ...["--ip=127.0.0.1", `--port=${port}`, "--ServerApp.port_retries=0"],
    "--MultiKernelManager.default_kernel_name=tslab",
    ...["--log-level=WARN", "--LabApp.log_level=WARN"],
    ...(asRoot ? ["--allow-root"] : []),
    ...(browser ? [] : ["--no-browser"]),
  ];
  const given = new Set(extra.map(optionName));
  return ["-m", "jupyterlab", ...own.filter((word) => !given.has(optionName(word))), ...extra];
}

/** Whether a browser can be opened here. */
function hasDisplay(/** @type {NodeJS.ProcessEnv} */ env) {
  if (env.CI || env.SSH_CONNECTION) return false;
  return process.platform !== "linux" || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/**
 * Starts JupyterLab, prints its address once it answers, and gives its exit code when it has ended.
 * @param {import("./python.mjs").PythonEnvironment} python
 * @param {string[]} extra arguments for JupyterLab
 * @returns {Promise<number>}
 */
export async function startLab(python, extra) {
  const portOption = /^--(?:ServerApp\.)?port=(\d+)$/;
  const own = extra.map((word) => portOption.exec(word)?.[1]).find(Boolean);
  const port = own === undefined ? await freePort() : await tryPort(Number(own));
  if (!port)
    throw new SetupError(`the port ${own} is taken`, "Name another one, or none: the first free one is taken then.");
  if (own === undefined && port !== FIRST_PORT) console.log(`Port ${FIRST_PORT} is taken, using ${port}.`);
  const others = extra.filter((word) => !portOption.test(word));
  // In the environment, not among the arguments, which every user of the machine can list.
  const token = process.env.JUPYTER_TOKEN || randomBytes(24).toString("hex");
  const lab = spawn(
    python.python,
    labArguments({ port, browser: hasDisplay(process.env), asRoot: process.getuid?.() === 0 }, others),
    {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      // Its own process group: a Ctrl-C reaches only us, once, and we end it in order (Jupyter would ask "y/n" into npm's terminal).
      detached: !isWindows,
      env: {
        ...process.env,
        JUPYTER_TOKEN: token,
        JUPYTER_PREFER_ENV_PATH: "1", // else a tslab in the home folder would hide ours
        PATH: binOf(python.prefix) + path.delimiter + (process.env.PATH ?? process.env.Path ?? ""),
      },
    },
  );
  let stopping = false;
  const stop = () => {
    if (!stopping) console.log("\nStopping JupyterLab and its kernels …");
    stopping = true;
    lab.kill("SIGTERM");
  };
  for (const name of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.on(name, stop);
  const ended = new Promise((/** @type {(code: number) => void} */ resolve) => {
    lab.on("error", (error) => {
      console.error(error.message);
      resolve(1);
    });
    lab.on("close", (code) => resolve(stopping ? 0 : (code ?? 1)));
  });
  const address = `http://127.0.0.1:${port}`;
  if (await Promise.race([answers(`${address}/api`), ended.then(() => false)])) {
    console.log(
      `\nJupyterLab is open at\n\n  ${address}${firstPage()}?token=${token}\n\nCtrl-C here stops it and its kernels; notebooks are saved as you work.`,
    );
  }
  return ended;
}

/** Waits until the server answers; false after two minutes. */
async function answers(/** @type {string} */ url) {
  for (let tries = 0; tries < 600; tries++) {
    try {
      if ((await fetch(url)).status < 500) return true;
    } catch {
      // not yet
    }
    await sleep(200);
  }
  return false;
}
