/**
 * A melody as sound: samples of a soft plucked tone, made of four sines. Not an instrument; enough to hear a melody.
 */
import { checkNotes, frequency, type Note } from "./pitch";

/** Loudness of the fundamental and the harmonics above it; their sum is 1, so that no sample passes 1. */
const harmonics = [0.62, 0.22, 0.11, 0.05];
/** Seconds of rise at the start of a note and of fall at its end: without them each note clicks. */
const attack = 0.008;
const release = 0.04;
/** A tone falls to 1/e of its loudness in so many seconds. */
const decay = 0.9;

export interface SynthOptions {
  /** Beats per minute. */
  tempo?: number;
  /** Samples per second. */
  sampleRate?: number;
}

/**
 * The samples of a melody, from −1 to 1, one channel: [seconds · sampleRate].
 *
 * A note of frequency f that starts at time 0 is e(t) · Σₖ aₖ sin(2πk f t); harmonics above half the sample rate are left
 * out. Throws on an impossible note, tempo or sample rate.
 */
export function synthesise(
  notes: readonly Note[],
  { tempo = 120, sampleRate = 16_000 }: SynthOptions = {},
): Float32Array {
  checkNotes("synthesise", notes);
  for (const [name, value] of Object.entries({ tempo, sampleRate })) {
    if (!(value > 0 && Number.isFinite(value)))
      throw new RangeError(`synthesise: expected a ${name} above 0, got ${value}`);
  }
  const total = notes.reduce((sum, { beats }) => sum + beats, 0);
  const index = (beats: number) => Math.round((beats * 60 * sampleRate) / tempo);
  const samples = new Float32Array(index(total));
  let start = 0;
  for (const { pitch, beats } of notes) {
    if (pitch !== null) addTone(samples.subarray(index(start), index(start + beats)), frequency(pitch), sampleRate);
    start += beats;
  }
  return samples;
}

/** Writes one note into its samples. */
function addTone(samples: Float32Array, hertz: number, sampleRate: number): void {
  const seconds = samples.length / sampleRate;
  harmonics.forEach((loudness, k) => {
    const overtone = hertz * (k + 1);
    if (overtone >= sampleRate / 2) return;
    for (let i = 0; i < samples.length; i++) {
      const t = i / sampleRate;
      const edges = Math.min(1, t / attack, (seconds - t) / release);
      samples[i]! += loudness * Math.exp(-t / decay) * edges * Math.sin(2 * Math.PI * overtone * t);
    }
  });
}
