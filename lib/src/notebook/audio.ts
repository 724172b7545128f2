/** Sound in a notebook: a player below the cell. The sound is part of the output, so a saved notebook still plays. */
import { encodeWav } from "../music";
import { display, escapeHtml, type DisplayHandle } from "./display";

/**
 * Shows a player for samples from −1 to 1, such as those of `music.synthesise`: 43 kB of notebook for each second at the
 * usual 16,000 samples per second. A terminal prints how long the sound is.
 */
export function audio(
  samples: ArrayLike<number>,
  { sampleRate = 16_000, caption = "" }: { sampleRate?: number; caption?: string } = {},
): DisplayHandle {
  const data = Buffer.from(encodeWav(samples, { sampleRate })).toString("base64");
  const title = caption ? `<div>${escapeHtml(caption)}</div>` : "";
  return display({
    "text/html": `${title}<audio controls preload="auto" src="data:audio/wav;base64,${data}"></audio>`,
    "text/plain": `[${caption ? `${caption}: ` : ""}sound of ${(samples.length / sampleRate).toFixed(1)} s]`,
  });
}
