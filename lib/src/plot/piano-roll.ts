/** The picture of a melody: time to the right, pitch upwards, a bar for each note, as on the paper roll of a player piano. */
import { pitchName, type Note } from "../music";
import { figure, type Figure, type FigureOptions, type Trace } from "./figure";
import { legendAbove } from "./line";
import { seriesColors } from "./theme";

/** A melody, or parts of one by name that follow each other in time: `{ given: seed, generated: rest }`. */
export type PianoRollInput = readonly Note[] | Readonly<Record<string, readonly Note[]>>;

/** Draws a melody, each part in its own colour; rests are gaps. */
export function pianoRoll(melody: PianoRollInput, options: FigureOptions = {}): Figure {
  const parts: [string, readonly Note[]][] = isNotes(melody) ? [["", melody]] : Object.entries(melody);
  let now = 0;
  const traces: Trace[] = parts.map(([name, notes], index) => {
    const bars: { pitch: number; start: number; beats: number }[] = [];
    for (const { pitch, beats } of notes) {
      if (pitch !== null) bars.push({ pitch, start: now, beats });
      now += beats;
    }
    return {
      type: "bar",
      orientation: "h",
      ...(name ? { name } : {}),
      base: bars.map(({ start }) => start),
      x: bars.map(({ beats }) => beats),
      y: bars.map(({ pitch }) => pitch),
      width: 0.8,
      marker: { color: seriesColors[index % seriesColors.length], line: { color: "#FFFFFF", width: 1 } },
      text: bars.map(({ pitch }) => pitchName(pitch)),
      textposition: "none",
      hovertemplate: "%{text} at beat %{base}, %{x} long<extra></extra>",
    };
  });
  const pitches = parts.flatMap(([, notes]) => notes.flatMap(({ pitch }) => pitch ?? []));
  const low = pitches.reduce((a, b) => Math.min(a, b), 127);
  const high = pitches.reduce((a, b) => Math.max(a, b), 0);
  const used = [...new Set(pitches)].sort((a, b) => a - b);
  const layout = {
    height: Math.min(480, Math.max(220, 130 + 16 * (high - low))),
    barmode: "overlay",
    xaxis: { range: [0, now], dtick: 4 },
    yaxis: { tickvals: used, ticktext: used.map(pitchName), ...(used.length ? { range: [low - 1, high + 1] } : {}) },
    ...legendAbove(parts.length > 1),
  };
  const span = used.length ? ` from ${pitchName(low)} to ${pitchName(high)}` : "";
  const description = `${pitches.length} notes${span} in ${now} beats`;
  return figure(traces, layout, { xTitle: "Beat", yTitle: "Pitch", description, ...options });
}

function isNotes(melody: PianoRollInput): melody is readonly Note[] {
  return Array.isArray(melody);
}
