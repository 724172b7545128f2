/** The one room that knows about Jupyter: rich display, progress bars, live curves. */
export { clearOutput, display, DisplayHandle, html, markdown, show, svg } from "./display";
export { audio } from "./audio";
export type { MimeBundle } from "./bundle";
export { Tqdm, tqdm } from "./tqdm";
export type { Postfix, TqdmOptions } from "./tqdm";
export { table } from "./table";
export type { Cell, TableOptions } from "./table";
export { LiveCurve, liveCurve } from "./live-curve";
export type { LiveCurveOptions } from "./live-curve";
import "./tensor";
export { tensorText } from "./tensor";
export { check } from "./check";
export { exercise, whenWritten } from "./exercise";
export type { Exercises } from "./exercise";
