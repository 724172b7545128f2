import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import AdmZip from "adm-zip";
import { data } from "unrolled";

const text = "Down, down, down. Would the fall never come to an end?\n".repeat(100).trim();
const gutenberg = `\ufeffThe Project Gutenberg eBook\n\n*** START OF THE PROJECT GUTENBERG EBOOK ***\n\n\n${text}\n\n*** END OF THE PROJECT GUTENBERG EBOOK ***\nlicence`;
const windows = gutenberg.replace(/\n/g, "\r\n");

describe("data.loadText", () => {
  let folder: string;
  let cache: string;
  let served: { status: number; body: string | Buffer; requests: number };
  let server: http.Server;
  let info: data.DatasetInfo;

  beforeEach(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "unrolled load "));
    cache = path.join(folder, "cache");
    served = { status: 200, body: windows, requests: 0 };
    server = http.createServer((_, response) => {
      served.requests++;
      response.writeHead(served.status).end(served.body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    info = {
      ...data.datasets.alice,
      urls: [`http://127.0.0.1:${(server.address() as AddressInfo).port}/11-0.txt`],
      bytes: text.length,
      sha256: createHash("sha256").update(text).digest("hex"),
    };
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    fs.rmSync(folder, { recursive: true });
  });

  const load = (options: data.LoadOptions = {}) =>
    data.loadText("alice", {
      info,
      cache,
      folder: undefined,
      offline: false,
      quiet: true,
      download: { backOff: 1 },
      ...options,
    });

  it("downloads, cuts off licence, byte order mark and Windows line ends, and keeps the text", async () => {
    const loaded = await load();
    assert.equal(loaded.text, text);
    assert.equal(loaded.source, "download");
    assert.deepEqual(loaded.notes, []);
    assert.match(
      String(loaded),
      /^Alice's Adventures in Wonderland, by Lewis Carroll: 5,499 characters \(downloaded now\)$/,
    );
    assert.equal(fs.readFileSync(path.join(cache, "11-0.txt"), "utf8"), text);
    assert.deepEqual(fs.readdirSync(cache), ["11-0.txt"]);

    const again = await load();
    assert.equal(again.source, "cache");
    assert.equal(again.text, text);
    assert.equal(served.requests, 1);
  });

  it("prefers the cache, then the folder of UNROLLED_DATASETS, then a download", async () => {
    const own = path.join(folder, "own");
    fs.mkdirSync(own);
    fs.writeFileSync(path.join(own, "11-0.txt"), text);
    const loaded = await load({ folder: own });
    assert.equal(loaded.source, "folder");
    assert.match(String(loaded), /from the folder that UNROLLED_DATASETS names/);
    assert.ok(!String(loaded).includes(folder), "no path of this machine in what is printed");
    assert.equal(served.requests, 0);
    fs.mkdirSync(cache);
    fs.writeFileSync(path.join(cache, "11-0.txt"), text);
    assert.equal((await load({ folder: own })).source, "cache");
  });

  // Only a download was cut: a file put there by hand kept its licence as text to train on, too short for the check of sizes.
  it("cuts the licence off a file that was put into the folder or the cache by hand, too", async () => {
    const own = path.join(folder, "own");
    fs.mkdirSync(own);
    fs.writeFileSync(path.join(own, "11-0.txt"), windows);
    const loaded = await load({ folder: own, offline: true });
    assert.equal(loaded.source, "folder");
    assert.equal(loaded.text, text);
    assert.deepEqual(loaded.notes, [], "it is the edition that is expected");

    const cached = await load({ cache: own, offline: true });
    assert.equal(cached.source, "cache");
    assert.equal(cached.text, text);
    assert.deepEqual(cached.notes, []);

    fs.writeFileSync(path.join(own, "11-0.txt"), windows.slice(0, -60));
    const broken = await load({ folder: own, offline: true });
    assert.equal(broken.source, "built-in");
    assert.match(broken.notes[0], /^UNROLLED_DATASETS: cut short: it has no end mark$/);
  });

  it("reads its settings from the environment", async () => {
    const saved = { ...process.env };
    try {
      Object.assign(process.env, { UNROLLED_CACHE: cache, UNROLLED_OFFLINE: "1", UNROLLED_DATASETS: "" });
      const offline = await data.loadText("alice", { info, quiet: true });
      assert.equal(offline.source, "built-in");
      assert.match(String(offline), /not downloaded: UNROLLED_OFFLINE is set/);
      assert.equal(served.requests, 0);
      process.env.UNROLLED_OFFLINE = "0";
      assert.equal((await data.loadText("alice", { info, quiet: true })).source, "download");
      assert.ok(fs.existsSync(path.join(cache, "11-0.txt")));
      fs.renameSync(cache, path.join(folder, "own"));
      process.env.UNROLLED_DATASETS = path.join(folder, "own");
      assert.equal((await data.loadText("alice", { info, quiet: true })).source, "folder");
    } finally {
      for (const name of ["UNROLLED_CACHE", "UNROLLED_OFFLINE", "UNROLLED_DATASETS"]) {
        if (saved[name] === undefined) delete process.env[name];
        else process.env[name] = saved[name];
      }
    }
  });

  it("comes with a story of its own for when there is no network", async () => {
    server.closeAllConnections();
    const loaded = await load({ offline: true });
    assert.equal(loaded.source, "built-in");
    assert.match(String(loaded), /written for this course: 9,810 characters \(comes with the course\)/);
    const cleaned = data.cleanText(loaded.text);
    assert.equal(data.Vocabulary.fromText(cleaned).tokens.join(""), "\n abcdefghijklmnopqrstuvwxyzé");
    assert.equal(data.Vocabulary.fromText(cleaned).encode("alice was beginning to get very tired").length, 37);
  });

  it("says why nothing better was found", async () => {
    served.status = 404;
    const loaded = await load({ folder: path.join(folder, "nowhere") });
    assert.equal(loaded.source, "built-in");
    assert.deepEqual(loaded.notes.length, 2);
    assert.match(loaded.notes[0], /^UNROLLED_DATASETS: names a folder that does not exist$/);
    assert.match(loaded.notes[1], /^download: 127\.0\.0\.1:\d+: status 404$/); // once "download: download: "
    fs.mkdirSync(path.join(folder, "empty"));
    assert.match((await load({ folder: path.join(folder, "empty") })).notes[0], /has no 11-0\.txt/);
  });

  it("passes over what is damaged, with the reason, and keeps none of it", async () => {
    const damaged: [string, string | Buffer, RegExp][] = [
      ["cut short in the licence", windows.slice(0, -60), /cut short: it has no end mark/],
      ["cut short without marks", text.slice(0, 3000), /cut short: 3000 bytes of text, expected about 5499/],
      ["another text", text.repeat(3), /too long/],
      ["a web page", `<!DOCTYPE html><p>${text}`, /web page/],
      ["a log-in page in another dress", `  <html>${text}`, /web page/],
      ["not UTF-8", Buffer.concat([Buffer.from(text), Buffer.from([0xff, 0xfe])]), /not UTF-8/],
      ["binary", `${text}\0`, /not text/],
      ["nothing but space", " \n ".repeat(2000), /empty/],
    ];
    for (const [what, body, reason] of damaged) {
      served.body = body;
      const loaded = await load();
      assert.equal(loaded.source, "built-in", what);
      assert.match(loaded.notes[0], reason, what);
      assert.ok(!fs.existsSync(cache), what);
    }
  });

  it("passes over a damaged cache and mends it", async () => {
    fs.mkdirSync(cache);
    fs.writeFileSync(path.join(cache, "11-0.txt"), text.slice(0, 100));
    const loaded = await load();
    assert.equal(loaded.source, "download");
    assert.match(loaded.notes[0], /^cache: cut short/);
    assert.equal(fs.readFileSync(path.join(cache, "11-0.txt"), "utf8"), text);
  });

  it("uses a sound text of another edition, and says so", async () => {
    served.body = windows.replace("Down, down", "Upon, upon");
    const loaded = await load();
    assert.equal(loaded.source, "download");
    assert.match(loaded.notes[0], /not the edition that the figures of this course were made with/);
  });

  it("works without a cache it can write to", async () => {
    fs.writeFileSync(path.join(folder, "file"), "in the way");
    const loaded = await load({ cache: path.join(folder, "file", "cache") });
    assert.equal(loaded.source, "download");
    assert.equal(loaded.text, text);
    assert.match(loaded.notes[0], /^not kept: /);
  });

  it("lets two downloads at once both succeed", async () => {
    const both = await Promise.all([load(), load()]);
    assert.deepEqual(
      both.map((loaded) => loaded.text),
      [text, text],
    );
    assert.deepEqual(fs.readdirSync(cache), ["11-0.txt"]);
  });

  it("prints one line unless told to be quiet", async () => {
    const printed: unknown[] = [];
    const { log } = console;
    console.log = (...values: unknown[]) => printed.push(...values);
    try {
      await load({ quiet: false });
      await load({ quiet: true });
    } finally {
      console.log = log;
    }
    assert.equal(printed.length, 1);
    assert.match(String(printed[0]), /5,499 characters \(downloaded now\)/);
  });

  it("reads a text of one's own, and says when there is none", async () => {
    const file = path.join(folder, "mine.txt");
    fs.writeFileSync(file, Buffer.from("\ufeffna\u00efve\r\ncaf\u00e9", "utf16le"));
    assert.equal(await data.readText(file), "naïve\ncafé");
    fs.writeFileSync(file, Buffer.from("na\u00efve caf\u00e9", "latin1"));
    assert.equal(await data.readText(file), "naïve café");
    fs.writeFileSync(file, " \n");
    await assert.rejects(data.readText(file), /readText: .* is empty/);
    fs.writeFileSync(file, "a\0b");
    await assert.rejects(data.readText(file), /not a text file: character 1 is NUL/);
    await assert.rejects(data.readText(path.join(folder, "none.txt")), /readText: ENOENT/);
  });

  it("unpacks the names archive and keeps its files", async () => {
    const archive = new AdmZip();
    archive.addFile("data/eng-fra.txt", Buffer.from("not names"));
    archive.addFile("data/names/Arabic.txt", Buffer.from("Khoury\r\nNahas\r\n"));
    archive.addFile("data/names/Polish.txt", Buffer.from("Ślusàrski\nNowak\n"));
    archive.addFile("__MACOSX/data/names/._Polish.txt", Buffer.from([0, 5, 0xff]));
    served.body = archive.toBuffer();
    const names = await data.loadNames({
      ...{ info: { ...data.datasets.names, urls: info.urls, bytes: 30 }, cache, folder: undefined, offline: false },
      quiet: true,
    });
    assert.equal(names.source, "download");
    assert.deepEqual(names.allCategories, ["Arabic", "Polish"]);
    assert.deepEqual(names.categoryLines.Polish, ["Slusarski", "Nowak"]);
    assert.match(String(names), /4 lines in 2 files/);
    assert.deepEqual(fs.readdirSync(path.join(cache, "names")), ["Arabic.txt", "Polish.txt"]);
    const again = await data.loadNames({
      info: { ...data.datasets.names, bytes: 30 },
      cache,
      offline: true,
      quiet: true,
    });
    assert.equal(again.source, "cache");
    assert.deepEqual(again.categoryLines, names.categoryLines);
  });

  /** A cache whose folder of names is of no use: 300 empty files. And an archive of three languages to mend it with. */
  const namesToMend = (): data.LoadOptions => {
    fs.mkdirSync(path.join(cache, "names"), { recursive: true });
    for (let i = 0; i < 300; i++) fs.writeFileSync(path.join(cache, "names", `Old${i}.txt`), "");
    const archive = new AdmZip();
    for (const name of ["Arabic", "Greek", "Polish"]) archive.addFile(`names/${name}.txt`, Buffer.from("Ann\nBo\n"));
    served.body = archive.toBuffer();
    const names = { ...data.datasets.names, urls: info.urls, bytes: 18 };
    return { info: names, cache, folder: undefined, offline: false, quiet: true };
  };

  // The place of the new folder was named by the clock: of two downloads in one millisecond one took the other's away.
  it("lets several downloads of a folder at once all be kept", async () => {
    const options = namesToMend();
    const all = await Promise.all(Array.from({ length: 5 }, () => data.loadNames(options)));
    for (const { total, notes } of all) {
      assert.equal(total, 6);
      assert.deepEqual(
        notes.filter((note) => note.startsWith("not kept")),
        [],
      );
    }
    assert.deepEqual(fs.readdirSync(cache), ["names"]);
    assert.deepEqual(fs.readdirSync(path.join(cache, "names")), ["Arabic.txt", "Greek.txt", "Polish.txt"]);
  });

  // The old folder was emptied file by file, at its place, before the new one took it.
  it("shows whoever looks the old folder, the new one or none, never half of one", async () => {
    const options = namesToMend();
    const seen = new Set<number>();
    let done = false;
    const loading = data.loadNames(options).finally(() => (done = true));
    while (!done) {
      try {
        seen.add(fs.readdirSync(path.join(cache, "names")).length);
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, "ENOENT"); // for a moment there is none
      }
      await new Promise(setImmediate);
    }
    assert.equal((await loading).source, "download");
    assert.deepEqual([...seen], [300, 3]);
  });

  it("refuses a names archive that is hostile, cut short or has no names", async () => {
    const archive = new AdmZip();
    archive.addFile("data/eng-fra.txt", Buffer.from("not names".repeat(100)));
    const hostile = Buffer.from(archive.toBuffer());
    hostile.write("../../fra.txt!!!", hostile.lastIndexOf("data/eng-fra.txt"));
    for (const [body, reason] of [
      [archive.toBuffer(), /no names\/\*\.txt/],
      [archive.toBuffer().subarray(0, -5), /not a sound zip archive/],
      [hostile, /leaves its folder/],
    ] as const) {
      served.body = body;
      const names = await data.loadNames({
        ...{ info: { ...data.datasets.names, urls: info.urls }, cache, folder: undefined, offline: false, quiet: true },
      });
      assert.equal(names.source, "built-in");
      assert.match(names.notes[0], reason);
    }
  });
});
