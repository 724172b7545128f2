/** The error of a stub that nobody has filled in yet. Not for learners to edit: the judge knows a stub by it. */

/** Thrown by an exercise's stub; the judge shows it as "not started" and notebooks as a friendly sentence. */
export class NotImplementedError extends Error {
  override readonly name = "NotImplementedError";

  /** Takes the exercise and what is to be written: `new NotImplementedError("one-hot: return the vector")`. */
  constructor(message = "not written yet") {
    super(message);
  }
}
