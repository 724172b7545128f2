/** A melody as a standard MIDI file, which notation and music programs open. The format itself is npm's `midi-file`. */
import { writeMidi, type MidiEvent } from "midi-file";
import { checkNotes, type Note } from "./pitch";

const ticksPerBeat = 480;

/**
 * The bytes of a standard MIDI file with one track, for a piano; tempo in beats (quarter notes) per minute. Throws on an
 * impossible note, and on a tempo that the format has no room for.
 */
export function encodeMidi(notes: readonly Note[], { tempo = 120 }: { tempo?: number } = {}): Uint8Array {
  checkNotes("encodeMidi", notes);
  const microsecondsPerBeat = Math.round(60e6 / tempo);
  if (!(microsecondsPerBeat >= 1 && microsecondsPerBeat < 2 ** 24)) {
    throw new RangeError(`encodeMidi: expected a tempo from 3.58 to 60,000,000 beats a minute, got ${tempo}`);
  }
  const events: MidiEvent[] = [{ deltaTime: 0, type: "setTempo", microsecondsPerBeat }];
  const tick = (beats: number) => Math.round(beats * ticksPerBeat);
  let written = 0; // the tick of the last event
  let start = 0; // in beats, so that rounding does not add up
  for (const { pitch, beats } of notes) {
    if (pitch !== null) {
      const [on, off] = [tick(start), tick(start + beats)];
      events.push({ deltaTime: on - written, type: "noteOn", channel: 0, noteNumber: pitch, velocity: 80 });
      events.push({ deltaTime: off - on, type: "noteOff", channel: 0, noteNumber: pitch, velocity: 0 });
      written = off;
    }
    start += beats;
  }
  events.push({ deltaTime: tick(start) - written, type: "endOfTrack" });
  return Uint8Array.from(writeMidi({ header: { format: 0, numTracks: 1, ticksPerBeat }, tracks: [events] }));
}
