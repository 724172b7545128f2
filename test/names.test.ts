import { strict as assert } from "node:assert";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { data } from "unrolled";

const parse = (text: string | Record<string, string>) =>
  data.parseNames(Object.entries(typeof text === "string" ? { "Test.txt": text } : text));

describe("data.unicodeToAscii", () => {
  it("drops accents, and everything outside the 56 letters", () => {
    assert.equal(data.nLetters, 56);
    assert.equal(data.unicodeToAscii("Ślusàrski"), "Slusarski"); // the notebook's own example
    assert.equal(data.unicodeToAscii("O'Néàl"), "O'Neal");
    assert.equal(data.unicodeToAscii("De Luca"), "DeLuca");
    assert.equal(data.unicodeToAscii("Nguyễn"), "Nguyen");
    assert.equal(data.unicodeToAscii("Groß Łuczak Đỗ"), "Groucz" + "ako");
    assert.equal(data.unicodeToAscii("Иванов 42"), "");
  });
});

describe("data.unicodeToAscii with letters of one's own", () => {
  // All accents were split off first, so that a letter with one could never be found among `letters`.
  it("keeps accented letters that are among them, however they are written, and folds the others", () => {
    const letters = `${data.allLetters}äöüÅ`;
    assert.equal(data.unicodeToAscii("Müller", letters), "Müller");
    assert.equal(data.unicodeToAscii("Mu\u0308ller", letters), "Müller"); // u and its accent as two characters
    assert.equal(data.unicodeToAscii("\u212bström", letters), "Åström"); // the sign for the unit is the letter
    assert.equal(data.unicodeToAscii("Béla Núñez", letters), "BelaNunez");
    assert.equal(data.unicodeToAscii("Ünal", letters), "Unal"); // the capital is not among them
    assert.deepEqual(data.parseNames([["German.txt", "Müller\nGroß"]], { letters }).categoryLines.German, [
      "Müller",
      "Gro",
    ]);
  });

  it("folds to the 56 letters what splitting off all accents leaves of them", () => {
    const split = (text: string) => [...text.normalize("NFD")].filter((c) => data.allLetters.includes(c)).join("");
    for (let start = 0; start < 0x30000; start += 64) {
      const points = Array.from({ length: 64 }, (_, i) => start + i).filter((point) => point >> 11 !== 27); // no surrogates
      const text = points.map((point) => String.fromCodePoint(point)).join("e\u0301x");
      assert.equal(data.unicodeToAscii(text), split(text), `from ${start.toString(16)}`);
    }
  });
});

describe("data.parseNames", () => {
  it("sorts languages and keeps the order and the repetitions of names", () => {
    const names = parse({ "Polish.txt": "Nowak\nAdamski\nNowak", "Arabic.txt": "Khoury\nNahas" });
    assert.deepEqual(names.allCategories, ["Arabic", "Polish"]);
    assert.deepEqual(names.categoryLines, {
      Arabic: ["Khoury", "Nahas"],
      Polish: ["Nowak", "Adamski", "Nowak"],
    });
    assert.equal(names.total, 5);
    assert.deepEqual(names.notes, []);
  });

  it("takes Windows and old Mac line ends, a byte order mark, blank lines and space at the ends", () => {
    assert.deepEqual(parse("\ufeffAng \r\n\r\n  Bai\r\n \r\n").categoryLines.Test, ["Ang", "Bai"]);
    assert.deepEqual(parse("Ang\rBai").categoryLines.Test, ["Ang", "Bai"]);
  });

  it("leaves out names that fold to nothing and languages without names, and says so", () => {
    const russian = "Иванов\nIvanov\n42\nPetrov";
    const names = parse({ "Russian.txt": russian, "Empty.txt": "", "Blank.txt": " \n\n" });
    assert.deepEqual(names.allCategories, ["Russian"]);
    assert.deepEqual(names.categoryLines.Russian, ["Ivanov", "Petrov"]);
    assert.deepEqual(names.notes, [
      'Russian: 2 without a single plain letter left out, such as "Иванов"',
      "Empty: no names",
      "Blank: no names",
    ]);
  });

  it("keeps a language with a single name, and says so", () => {
    const names = parse("Only\n");
    assert.deepEqual(names.categoryLines.Test, ["Only"]);
    assert.deepEqual(names.notes, ["Test: a single name, which can be learned or judged by, not both"]);
  });

  it("takes a file of one's own beside those of the course", () => {
    const course = new Map([["Polish.txt", "Nowak\nAdamski"]]);
    const names = data.parseNames([...course, ["Finnish.txt", "Virtanen\nMäkelä\n"]]);
    assert.deepEqual(names.categoryLines, { Finnish: ["Virtanen", "Makela"], Polish: ["Nowak", "Adamski"] });
  });

  // The second list took the place of the first without a word.
  it("joins the files of one language in their order", () => {
    const names = data.parseNames([
      ["Polish.txt", "Nowak\nAdamski"],
      ["Arabic.txt", "Khoury\nNahas"],
      ["Polish.TXT", "Wozniak"],
      ["Polish.txt", "Nowak\n42"],
    ]);
    assert.deepEqual(names.allCategories, ["Arabic", "Polish"]);
    assert.deepEqual(names.categoryLines.Polish, ["Nowak", "Adamski", "Wozniak", "Nowak"]);
    assert.equal(names.total, 6);
    assert.deepEqual(names.notes, ['Polish: 1 without a single plain letter left out, such as "42"']);
  });

  it("calls a language empty or single only after all its files", () => {
    const files = [["A.txt", ""], ["A.TXT", "Ann"], ["A.txt", "Eve"], ["B.txt", ""], ["B.txt", " "]] as const; // prettier-ignore
    const { categoryLines, notes } = data.parseNames(files);
    assert.deepEqual(categoryLines, { A: ["Ann", "Eve"] });
    assert.deepEqual(notes, ["B: no names"]);
  });

  it("names the file and line of 10 MB without a line end", () => {
    assert.throws(() => parse(`Khoury\n${"x".repeat(10_000_000)}`), /Test\.txt, line 2 has 10000000 characters/);
  });

  it("refuses a set without any name", () => {
    assert.throws(() => parse(""), /no name at all/);
    assert.throws(() => data.parseNames([]), /no name at all/);
  });

  it("is not led astray by a language called __proto__", () => {
    const names = parse({ "__proto__.txt": "Eve", "A.txt": "Ann" });
    assert.deepEqual(Object.keys(names.categoryLines).sort(), ["A", "__proto__"]);
  });
});

describe("data.readNames", () => {
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "unrolled names "))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it("reads a folder of files in several encodings", async () => {
    fs.writeFileSync(path.join(folder, "Utf8.txt"), "Müller\nBöhm\n");
    fs.writeFileSync(path.join(folder, "Latin1.txt"), Buffer.from("Müller\r\nBöhm\r\n", "latin1"));
    fs.writeFileSync(path.join(folder, "Utf16.txt"), Buffer.from("\ufeffMüller\nBöhm\n", "utf16le"));
    fs.writeFileSync(path.join(folder, "._Mac.txt"), "\0\0");
    fs.writeFileSync(path.join(folder, "README.md"), "not names");
    const names = await data.readNames(folder);
    assert.deepEqual(names.allCategories, ["Latin1", "Utf16", "Utf8"]);
    for (const category of names.allCategories) assert.deepEqual(names.categoryLines[category], ["Muller", "Bohm"]);
    assert.deepEqual(names.notes, ["Latin1.txt: read as windows-1252", "Utf16.txt: read as utf-16le"]);
  });

  it("names a file that is no text, such as UTF-16 without a byte order mark", async () => {
    fs.writeFileSync(path.join(folder, "A.txt"), "Ann\nEve\n");
    fs.writeFileSync(path.join(folder, "B.txt"), Buffer.from("Bo\n", "utf16le"));
    await assert.rejects(data.readNames(folder), /readNames: B\.txt: .*NUL; if it is UTF-16, save it as UTF-8/);
  });

  it("says what is missing", async () => {
    await assert.rejects(data.readNames(folder), /readNames: no \.txt file in/);
    await assert.rejects(data.readNames(path.join(folder, "nowhere")), /readNames: expected a folder .* ENOENT/);
  });
});

describe("data.loadNames", () => {
  // They stood in `notes`, but what is printed had only those of loading.
  it("prints what was left out of the names, too", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "unrolled names "));
    try {
      fs.mkdirSync(path.join(folder, "names"));
      fs.writeFileSync(path.join(folder, "names", "Russian.txt"), "Иванов\nIvanov\nPetrov\n");
      fs.writeFileSync(path.join(folder, "names", "Greek.txt"), "Ares\n");
      const info = { ...data.datasets.names, bytes: 30 };
      const names = await data.loadNames({ info, cache: "/nonexistent", folder, offline: true, quiet: true });
      assert.equal(names.notes.length, 3);
      assert.deepEqual(String(names).split("\n"), [
        "Surnames of 18 languages, from the PyTorch tutorials: 4 lines in 2 files (from the folder that UNROLLED_DATASETS names)",
        "  not the edition that the figures of this course were made with: 20,050 names in 18 languages",
        '  Russian: 1 without a single plain letter left out, such as "Иванов"',
        "  Greek: a single name, which can be learned or judged by, not both",
      ]);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

describe("data.nameToTensor", () => {
  it("makes the notebook's one-hot tensor [6, 1, 56] of Khoury", () => {
    const tensor = data.nameToTensor("Khoury");
    assert.deepEqual(tensor.shape, [6, 1, 56]);
    const hot = Array.from(tensor.dataSync()).flatMap((value, i) => (value === 1 ? [i % 56] : []));
    assert.deepEqual(
      hot.map((i) => data.allLetters[i]),
      [..."Khoury"],
    );
    assert.equal(tensor.sum().dataSync()[0], 6);
    assert.deepEqual(data.letterToTensor("b").arraySync(), [Array.from({ length: 56 }, (_, i) => (i === 1 ? 1 : 0))]);
  });

  it("refuses what Python's find would quietly put last", () => {
    assert.equal(data.letterToIndex("'"), 55);
    assert.throws(() => data.letterToIndex("é"), /letterToIndex: expected one of the 56 letters, got "é"/);
    assert.throws(() => data.nameToTensor("De Luca"), /got " "; fold the name with unicodeToAscii first/);
    assert.throws(() => data.nameToTensor(""), /empty/);
  });
});

describe("the names that come with the course", () => {
  it("are large and varied enough for a classifier", async () => {
    const names = await data.loadNames({ cache: "/nonexistent", folder: undefined, offline: true, quiet: true });
    assert.equal(names.source, "built-in");
    assert.equal(names.allCategories.length, 18);
    assert.equal(names.total, 3285);
    for (const category of names.allCategories) assert.ok(names.categoryLines[category].length >= 90, category);
    const languages = new Map<string, string[]>();
    for (const category of names.allCategories) {
      for (const name of names.categoryLines[category]) languages.set(name, [...(languages.get(name) ?? []), category]);
    }
    assert.ok([...languages.values()].filter(({ length }) => length > 1).length > 50, "names shared by languages");
  });
});

describe("the names of the PyTorch tutorials", () => {
  it("are 20,050 in 18 languages, 17,416 of them distinct", async function () {
    const folder = process.env.UNROLLED_DATASETS;
    if (!folder || !fs.existsSync(path.join(folder, "names"))) return this.skip();
    const names = await data.loadNames({ cache: "/nonexistent", folder, offline: true, quiet: true });
    assert.equal(names.source, "folder");
    assert.deepEqual(names.notes, []);
    assert.equal(names.total, 20_050);
    // One fewer than with the space kept: "D arcy" and "Darcy" become the same name.
    assert.equal(new Set(Object.values(names.categoryLines).flat()).size, 17_415);
    const spaced = await data.readNames(path.join(folder, "names"), { letters: `${data.allLetters} ` });
    assert.equal(new Set(Object.values(spaced.categoryLines).flat()).size, 17_416);
    assert.ok(spaced.categoryLines.Italian.includes("De luca"));
    assert.equal(names.categoryLines.Arabic[0], "Khoury");
  });
});
