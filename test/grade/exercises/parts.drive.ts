// Takes the learner's function out of its exports, and goes on with what it returns. None of this is async.
interface Learner {
  split(text: string): { parts: string[] };
}

export function count({ split }: Learner, text: string): number {
  return split(text).parts.length;
}

export function split({ split }: Learner, text: string): unknown {
  return split(text);
}

export function refuse({ split }: Learner, text: string): { name: string; message: string } {
  try {
    split(text);
  } catch (error) {
    const { name, message } = error as Error;
    return { name, message };
  }
  return { name: "nothing", message: "nothing" };
}
