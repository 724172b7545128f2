/**
 * Several figures in one place, chosen by a slider: all of them are drawn beforehand, so it works without a kernel, in an
 * exported page, too. For figures of one kind; side by side they go into a grid.
 */
import { describe, figure, plainText, type Figure, type FigureOptions, type Layout } from "./figure";

export interface SliderOptions extends FigureOptions {
  /** What the slider sets, such as "Temperature". */
  label?: string;
  /** Which figure is shown first; the first unless given. */
  start?: string;
}

/**
 * One figure out of `{ "0.5": figure, "1": figure }`: the slider's places bear the names. Axes, size and title are those of the
 * figure that is shown first. Throws on no figure, and on a start that is not among them.
 */
export function slider(figures: Readonly<Record<string, Figure>>, options: SliderOptions = {}): Figure {
  const names = Object.keys(figures);
  const { label = "", start = names[0] } = options;
  const active = names.indexOf(start ?? "");
  if (active < 0) {
    throw new Error(
      `slider: expected figures, and one of them to start with, got ${start} among [${names.join(", ")}]`,
    );
  }
  const all = Object.values(figures);
  const data = all.flatMap((one, i) => one.data.map((trace) => ({ ...trace, visible: i === active })));
  const first = all[active]!.layout;
  const margin = (first.margin ?? {}) as { b?: number };
  const layout: Layout = {
    ...first,
    height: (first.height ?? 450) + 90,
    margin: { ...margin, b: (margin.b ?? 52) + 90 },
    sliders: [
      {
        active,
        currentvalue: { prefix: label && `${label}: `, font: { size: 14 } },
        pad: { t: 52 },
        steps: names.map((name, i) => ({
          label: name,
          method: "update",
          args: [{ visible: all.flatMap((one, j) => one.data.map(() => i === j)) }],
        })),
      },
    ],
  };
  const shown = plainText(describe(all[active]!));
  const description = `${label || "Slider"} from ${names[0]} to ${names.at(-1)}; at ${names[active]}: ${shown}`;
  return figure(data, layout, { description, ...options });
}
