/// <reference lib="dom" />
/**
 * A JupyterLab of our own in a real browser, for tests: the server that `npm start` starts, on copies of notebooks in a
 * folder of its own, with settings of its own; and a notebook's page, driven by the keyboard as a person would.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type Locator, type Page } from "playwright-core";

const root = join(__dirname, "..", "..");
const pictures = join(root, "build", "e2e");

const browserFlags = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
  ...["--disable-background-networking", "--disable-component-update"],
];

/** One code cell or several, as a notebook file. */
export function notebookOf(...cells: string[]): string {
  const metadata = { kernelspec: { display_name: "TypeScript", language: "typescript", name: "tslab" } };
  const code = cells.map((source, i) => {
    return { cell_type: "code", id: `cell-${i}`, metadata: {}, source, outputs: [], execution_count: null };
  });
  return JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells: code });
}

/** A server and a browser, both started for one test. */
export class Lab {
  /** How many requests the pages have made. */
  requests = 0;
  /** The addresses of those that left this machine. */
  readonly strangers: string[] = [];

  private constructor(
    private readonly server: ChildProcess,
    private readonly browser: Browser,
    private readonly address: string,
    private readonly token: string,
    private readonly folders: readonly string[],
  ) {}

  /** Starts `npm start`'s script on a folder that holds `notebooks` (names in notebooks/) and `files` (names to texts). */
  static async start(executablePath: string, notebooks: string[], files: Record<string, string>): Promise<Lab> {
    // Inside the repository, since a cell's imports are looked up from the notebook's folder upwards.
    mkdirSync(pictures, { recursive: true });
    const course = mkdtempSync(join(pictures, "course-"));
    const folder = join(course, "my notebooks");
    const home = mkdtempSync(join(tmpdir(), "unrolled-lab-"));
    for (const each of [folder, join(course, "build")]) mkdirSync(each);
    symlinkSync(join(root, "datasets"), join(course, "datasets"), "junction");
    for (const name of notebooks) cpSync(join(root, "notebooks", name), join(folder, name));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);

    const token = randomBytes(16).toString("hex");
    const args = ["--no-browser", "--port=0", `--ServerApp.root_dir=${folder}`];
    const server = spawn(process.execPath, [join(root, "scripts", "start.mjs"), ...args], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        JUPYTER_TOKEN: token,
        JUPYTER_CONFIG_DIR: join(home, "config"),
        JUPYTER_DATA_DIR: join(home, "data"),
        JUPYTER_RUNTIME_DIR: join(home, "runtime"),
        JUPYTERLAB_SETTINGS_DIR: join(home, "settings"),
        JUPYTERLAB_WORKSPACES_DIR: join(home, "workspaces"),
        UNROLLED_FAST: "1",
        UNROLLED_OFFLINE: "1",
        UNROLLED_CACHE: join(home, "cache"),
        UNROLLED_DATASETS: "",
      },
    });
    let log = "";
    for (const stream of [server.stdout, server.stderr]) stream.on("data", (text: Buffer) => (log += String(text)));
    const address = await new Promise<string>((resolve, reject) => {
      server.stdout.on("data", () => {
        const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(log.split("JupyterLab is open")[1] ?? "") ?? [];
        if (found) resolve(found);
      });
      server.once("exit", (code) => reject(new Error(`npm start ended with ${code}\n${log}`)));
    });
    const browser = await chromium.launch({ executablePath, args: browserFlags });
    return new Lab(server, browser, address, token, [course, home]);
  }

  /** Opens a notebook in a new page and waits for its kernel. */
  async open(name: string): Promise<NotebookPage> {
    const page = await this.browser.newPage({ viewport: { width: 1280, height: 900 } });
    const watch = (url: string): void => {
      this.requests++;
      const { protocol, hostname } = new URL(url);
      if (/^(https?|wss?):$/.test(protocol) && hostname !== "127.0.0.1") this.strangers.push(url);
    };
    page.on("request", (request) => watch(request.url()));
    page.on("websocket", (socket) => watch(socket.url()));
    await page.goto(`${this.address}/lab/tree/${encodeURIComponent(name)}?token=${this.token}&reset`);
    await page.locator(".jp-NotebookPanel .jp-Notebook .jp-Cell").first().waitFor();
    await page.getByText("TypeScript | Idle").waitFor();
    return new NotebookPage(page);
  }

  /** Ends the browser and, as Ctrl-C in the terminal does, the server with its kernels; returns the server's exit code. */
  async stop(): Promise<number | null> {
    await this.browser.close();
    const gone = once(this.server, "exit");
    this.server.kill("SIGINT");
    const [code] = (await gone) as [number | null];
    for (const folder of this.folders) rmSync(folder, { recursive: true, force: true });
    return code;
  }
}

/** How many different colours a part of a page shows, from a picture of it (a 3-D canvas cannot be read). */
export async function coloursOf(part: Locator): Promise<number> {
  const picture = (await part.screenshot()).toString("base64");
  return part.evaluate(async (_, png) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d")!;
    canvas.drawImage(image, 0, 0);
    return new Set(new Uint32Array(canvas.getImageData(0, 0, image.width, image.height).data.buffer)).size;
  }, picture);
}

/** An open notebook. Everything is done with the keyboard. */
export class NotebookPage {
  constructor(readonly page: Page) {}

  /** The cells, markdown included. */
  get cells(): Locator {
    return this.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell");
  }

  /** The code cells. */
  get code(): Locator {
    return this.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-CodeCell");
  }

  /** Runs a command of the command palette by its name. */
  async command(name: string): Promise<void> {
    await this.page.keyboard.press("Control+Shift+C");
    const palette = this.page.locator(".jp-ModalCommandPalette");
    await palette.locator("input").fill(name);
    await palette.locator(".lm-CommandPalette-item.lm-mod-active").waitFor();
    await this.page.keyboard.press("Enter");
    await palette.waitFor({ state: "hidden" });
  }

  /** Waits until no cell runs or waits. */
  async finished(seconds: number): Promise<void> {
    const timeout = seconds * 1000;
    await this.code.locator(".jp-InputPrompt", { hasText: "*" }).first().waitFor({ state: "hidden", timeout });
    await this.page.getByText("TypeScript | Idle").waitFor({ timeout });
  }

  /** The counts shown beside the code cells, `[3]:`, or `[ ]:` where a cell has not run. */
  async prompts(): Promise<string[]> {
    return this.code.locator(".jp-InputPrompt").allTextContents();
  }

  /** The output of the code cell with this number, from 0. */
  output(cell: number): Locator {
    return this.code.nth(cell).locator(".jp-OutputArea");
  }

  /** The output of the code cell that has this text. */
  outputOf(text: string): Locator {
    return this.code.filter({ hasText: text }).locator(".jp-OutputArea");
  }

  /** What the output of the code cell with this number says. */
  async printed(cell: number): Promise<string> {
    return (await this.output(cell).locator(".jp-OutputArea-output").allInnerTexts()).join("\n");
  }

  /** The texts of all errors shown. */
  async errors(): Promise<string[]> {
    return this.code.locator('[data-mime-type="application/vnd.jupyter.stderr"]').allInnerTexts();
  }

  /** Selects the code cell with this number in command mode, going up or down as needed. */
  async select(cell: number): Promise<void> {
    const { keyboard } = this.page;
    await keyboard.press("Escape");
    const selected = () =>
      this.code.evaluateAll((cells) => cells.findIndex((each) => each.classList.contains("jp-mod-active")));
    for (let at = await selected(); at !== cell; at = await selected()) await keyboard.press(at < cell ? "j" : "k");
  }

  /** Saves a picture of the page, or of a part, below build/e2e. */
  async picture(name: string, part: Locator | Page = this.page): Promise<void> {
    await part.screenshot({ path: join(pictures, `${name}.png`) });
  }
}
