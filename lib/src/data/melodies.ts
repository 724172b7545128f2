/** The melodies of the course: 16 short tunes written for it, as notes. What sound and files they make is in `music`. */
import { pitchNumber, type Note } from "../music";
import { readBuiltIn } from "./load";

/** A tune. */
export interface Melody {
  title: string;
  /** Beats in a bar: 3 or 4. */
  beatsPerBar: number;
  notes: Note[];
}

/**
 * Tunes from a table with the columns title, beats (in a bar) and notes, such as "C4:1 E4:0.5 R:0.5 | …" (a pitch or R for
 * a rest, and its beats; bars end at |). Throws on a note it cannot read and on a bar that is too short or too long.
 */
export function parseMelodies(table: string): Melody[] {
  const [, ...rows] = table.trim().split(/\r?\n/);
  return rows.map((row) => {
    const [title = "", beats, text = ""] = row.split("\t");
    const beatsPerBar = Number(beats);
    const bars = text.split("|").map((bar) => bar.trim().split(/\s+/).map(parseNote));
    bars.forEach((bar, i) => {
      const sum = bar.reduce((beats, note) => beats + note.beats, 0);
      if (sum !== beatsPerBar) {
        throw new RangeError(`parseMelodies: expected ${beatsPerBar} beats in bar ${i + 1} of "${title}", got ${sum}`);
      }
    });
    return { title, beatsPerBar, notes: bars.flat() };
  });
}

/** The tunes that come with the course. */
export async function loadMelodies(): Promise<Melody[]> {
  return parseMelodies(await readBuiltIn("melodies.tsv"));
}

function parseNote(text: string): Note {
  const [pitch = "", length = ""] = text.split(":");
  const beats = Number(length);
  if (!(beats > 0))
    throw new RangeError(`parseMelodies: expected a note such as C4:1 or R:0.5, got ${JSON.stringify(text)}`);
  return { pitch: pitch === "R" ? null : pitchNumber(pitch), beats };
}
