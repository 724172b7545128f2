/** The few colours of a traceback; Jupyter's clients draw them, and nbclient strips them for the terminal. */

const paint = (open: number, close: number) => (text: string) =>
  text.replace(/[^\n]+/g, (line) => `\u001b[${open}m${line}\u001b[${close}m`);

/** Bold text. */
export const bold = paint(1, 22);
/** Faint text. */
export const dim = paint(2, 22);
/** Red text. */
export const red = paint(31, 39);
