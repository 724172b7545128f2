/** The few colours of a traceback, which Jupyter's clients draw. Each line is painted by itself, since some clients cut lines. */

const paint = (code: string) => (text: string) => text.replace(/[^\n]+/g, (line) => `\u001b[${code}m${line}\u001b[0m`);

/** Bold text. */
export const bold = paint("1");
/** Faint text. */
export const dim = paint("2");
/** Red text. */
export const red = paint("31");
/** Bold red text. */
export const boldRed = paint("1;31");
