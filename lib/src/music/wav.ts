/** Samples as a WAV file: one channel of 16 bits, without compression. Reads nothing. */

/**
 * The bytes of a WAV file. Samples beyond −1 … 1 are cut off; those that are not a number are silent.
 * Format: Multimedia Programming Interface and Data Specifications 1.0 (IBM and Microsoft 1991), WAVE_FORMAT_PCM.
 */
export function encodeWav(
  samples: ArrayLike<number>,
  { sampleRate = 16_000 }: { sampleRate?: number } = {},
): Uint8Array {
  const bytes = new Uint8Array(44 + 2 * samples.length);
  const view = new DataView(bytes.buffer);
  const text = (at: number, letters: string) => bytes.set(Buffer.from(letters, "latin1"), at);
  text(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true); // size of the format chunk
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // channels
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, 2 * sampleRate, true); // bytes per second
  view.setUint16(32, 2, true); // bytes per sample of all channels
  view.setUint16(34, 16, true); // bits per sample
  text(36, "data");
  view.setUint32(40, 2 * samples.length, true);
  for (let i = 0; i < samples.length; i++) {
    const sample = Math.max(-1, Math.min(1, samples[i]!)); // NaN stays NaN, which becomes 0
    view.setInt16(44 + 2 * i, Math.round(sample * 32_767), true);
  }
  return bytes;
}
