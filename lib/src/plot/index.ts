/** The figures: `plot.line(losses)`, `plot.unrolledNetwork()` … Each returns `{ data, layout }` and displays nothing. */
export type { Annotation, Figure, FigureOptions, Layout, Shape, Title, Trace } from "./figure";
export { figure, describe } from "./figure";
export { palette, roles } from "./theme";
export { line, lossCurve } from "./line";
export type { LineOptions, LossCurveOptions, ReferenceLine, Series, SeriesInput } from "./line";
export { unrolledNetwork, embeddingNetwork } from "./unrolled-network";
export type { EmbeddingNetworkOptions, UnrolledNetworkOptions } from "./unrolled-network";
