/**
 * What a melody is: notes one after another, each a pitch (or a rest) and a length in beats; and the names of pitches. One
 * voice only: no chords, no loudness.
 */

/** One note of a melody, or a rest. */
export interface Note {
  /** MIDI number: 60 is C4, the C in the middle of a piano; 69 is A4, 440 Hz; 12 semitones are an octave. null is a rest. */
  readonly pitch: number | null;
  /** How long it sounds, in beats. */
  readonly beats: number;
}

const names = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];
/** Semitones above C of the letters A to G. */
const letters: Readonly<Record<string, number>> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };

/** 60 → "C4", 61 → "C#4", 69 → "A4". Throws outside 0 … 127. */
export function pitchName(pitch: number): string {
  if (!Number.isInteger(pitch) || pitch < 0 || pitch > 127) {
    throw new RangeError(`pitchName: expected a MIDI number from 0 to 127, got ${pitch}`);
  }
  return `${names[pitch % 12]}${Math.floor(pitch / 12) - 1}`;
}

/** "C4" → 60, "Bb3" → 58. Throws on what is no such name. */
export function pitchNumber(name: string): number {
  const [, letter, accidental, octave] = /^([A-G])([#b]?)(-?\d)$/.exec(name) ?? [];
  const shift = accidental === "#" ? 1 : accidental === "b" ? -1 : 0;
  const pitch = letter === undefined ? NaN : letters[letter]! + shift + 12 * (Number(octave) + 1);
  if (!(pitch >= 0 && pitch <= 127)) {
    throw new RangeError(`pitchNumber: expected a name such as "C4", "F#3" or "Bb5", got ${JSON.stringify(name)}`);
  }
  return pitch;
}

/** The frequency in hertz, equally tempered: 440 · 2^((pitch − 69) / 12). */
export function frequency(pitch: number): number {
  return 440 * 2 ** ((pitch - 69) / 12);
}

/** Throws, naming `caller`, on a note with an impossible pitch or length. */
export function checkNotes(caller: string, notes: readonly Note[]): void {
  notes.forEach(({ pitch, beats }, i) => {
    if (pitch !== null && !(Number.isInteger(pitch) && pitch >= 0 && pitch <= 127)) {
      throw new RangeError(`${caller}: expected a pitch from 0 to 127 or null, got ${pitch} in note ${i}`);
    }
    if (!(beats > 0 && Number.isFinite(beats))) {
      throw new RangeError(`${caller}: expected beats above 0, got ${beats} in note ${i}`);
    }
  });
}
