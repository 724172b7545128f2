/**
 * How a traceback stands out. No colours: JupyterLab draws errors on a red ground, where its bold red can be read by day
 * (5:1) but not in the dark theme (2:1). Each line is painted by itself, since some clients cut lines.
 */

const paint = (code: string) => (text: string) => text.replace(/[^\n]+/g, (line) => `\u001b[${code}m${line}\u001b[0m`);

/** Bold text. */
export const bold = paint("1");
/** Faint text. */
export const dim = paint("2");
