/** The judge's tests of "names-loader": folders of text files, against what Python's own functions make of them. */
import { holds, same } from "../../scripts/grade/expect.mjs";
import { learner } from "../../scripts/grade/learner.mjs";
import expected from "./names-loader.expected.json";

interface Folder {
  files: Record<string, string>;
  names: Record<string, string[]>;
}
const folders: Record<string, Folder> = expected;

describe("names-loader", () => {
  const code = learner("names-loader");

  /** What the loader gives for a folder; throws the message for the first fault if it gives nothing. */
  async function load({ files }: Folder) {
    const result = await code.drive("load", files);
    holds(result !== undefined, "loadData(folder) returned nothing", {
      hint: "Where does each function end? Look at the braces: what belongs to readLines, and what to loadData?",
    });
    return Object(result); // whatever it is, its fields can be asked for
  }

  /** Compares language by language, so that a message says of which one it speaks. */
  async function compare(folder: Folder, hint: string) {
    const { categoryLines } = await load(folder);
    for (const [language, names] of Object.entries(folder.names)) {
      const files = Object.keys(folder.files).join(", ");
      holds(Object.hasOwn(categoryLines ?? {}, language), `categoryLines has no "${language}" (files: ${files})`, {
        hint,
      });
      same(categoryLines[language], names, { what: `categoryLines["${language}"]`, hint });
    }
    return categoryLines;
  }

  it("returns the names of every language", async () => {
    await compare(
      folders.plain,
      "Every file of the folder has to be read, to its last line; a name that stands twice counts twice.",
    );
  });

  it("calls a language like its file, without .txt", async () => {
    await compare(folders.dots, "Only what stands after the last dot is the extension.");
    const hint = "findFiles gives the .txt files alone.";
    const found = Object.keys(await compare(folders.others, hint));
    const other = found.find((language) => /readme|notes|counts/i.test(language));
    holds(other === undefined, `categoryLines has "${other}", which comes from a file that is not a .txt`, { hint });
  });

  it("lists the languages in alphabetical order on every machine", async () => {
    const hint =
      "The order of findFiles is that of the disk, and another one elsewhere; that of `sort()` is the same everywhere.";
    for (const folder of [folders.order, folders.plain]) {
      const { allCategories } = await load(folder);
      same(allCategories, Object.keys(folder.names).sort(), { what: "allCategories", hint });
    }
  });

  it("folds accents as Python does", async () => {
    await compare(folders.accents, "unicodeToAscii does it, for one line at a time.");
  });

  it("leaves out lines without a name", async () => {
    await compare(folders.blank, "A blank line is no name, nor is one of spaces.");
    await compare(folders.lost, 'unicodeToAscii("王") is "": nothing is left that a network could read.');
  });

  it("reads the line ends of Windows", async () => {
    await compare(folders.windows, 'A line may end in "\\r\\n".');
  });

  it("keeps nothing of the folder before", async () => {
    const [, second, again] = await code.drive(
      "loadAll",
      [folders.plain, folders.windows, folders.windows].map((f) => f.files),
    );
    const hint = "The lists have to be made anew in each call.";
    same(second?.allCategories, Object.keys(folders.windows.names), { what: "allCategories of a second folder", hint });
    same(second?.categoryLines, folders.windows.names, { what: "categoryLines of a second folder", hint });
    same(again, second, { what: "a second call for the same folder", hint });
  });
});
