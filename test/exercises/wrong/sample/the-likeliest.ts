// fails: sample draws what NumPy's choice draws
// fails: sample draws each index as often as its probability says
// Takes the likeliest every time: the network repeats itself for ever.
import { Matrix } from "../scratch";

export interface Model {
  V: number;
  h0: Matrix;
  step(x: Matrix, hPrev: Matrix): { h: Matrix; y: Matrix };
}

export function probabilities(y: Matrix, temperature: number): Matrix {
  if (!(temperature > 0)) throw new RangeError(`probabilities: expected a temperature > 0, got ${temperature}`);
  const largest = y.max();
  const p = y.copy().map((yi) => Math.exp((yi - largest) / temperature));
  return p.scale(1 / p.sum());
}

export function draw(p: Matrix, u: number): number {
  return p.data.indexOf(p.max());
}

export function generate(
  model: Model,
  seed: readonly number[],
  { length, temperature = 1, random }: { length: number; temperature?: number; random: () => number },
): number[] {
  const text = [...seed];
  let h = model.h0;
  for (let t = 0; text.length < seed.length + length; t++) {
    const next = model.step(Matrix.oneHot(text[t]!, model.V), h);
    h = next.h;
    const atTheEnd = t === text.length - 1;
    if (atTheEnd) text.push(draw(probabilities(next.y, temperature), random()));
  }
  return text;
}
