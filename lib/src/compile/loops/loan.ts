/**
 * State that stays in a small graph's memory between calls. To everybody else it is as if TensorFlow.js had been handed the
 * numbers and not sent them to TensorFlow yet; they are copied out when somebody asks for them, and in again only if somebody
 * has changed them.
 */
import type { NativeBackend, TensorData } from "../native";
import type { Numbers } from "./value";

/** What stands for the property `values` of a tensor's data from the first time that they were lent. */
class Loan {
  /** Where the numbers are; undefined if the data have them again. */
  home: Numbers | undefined;
  /** Whether TensorFlow has the same numbers as well. */
  private isSent = false;
  private values: unknown;

  constructor(data: TensorData) {
    this.values = data.values;
    const get = () => this.read();
    const set = (value: unknown) => this.write(value);
    Object.defineProperty(data, "values", { get, set, enumerable: true, configurable: true });
  }

  begin(home: Numbers): void {
    this.home = home;
    this.isSent = false;
  }

  end(): void {
    this.values = this.read();
    this.home = undefined;
  }

  private read(): unknown {
    if (!this.home) return this.values;
    return this.isSent ? null : this.home.slice(); // a new copy each time: readers may write into theirs
  }

  /** TensorFlow.js writes null when it has sent the numbers to TensorFlow. */
  private write(value: unknown): void {
    if (this.home && value === null) this.isSent = true;
    else {
      this.home = undefined;
      this.values = value;
    }
  }
}

/** Ids of lent data: negative like those of all that TensorFlow does not have, and never used twice (see kernels/version.ts). */
let lastId = -1;

const loans = new WeakMap<TensorData, Loan>();

/** Where a graph has the numbers of these data in its memory, if one has. */
export const homeOf = (data: TensorData): Numbers | undefined => loans.get(data)?.home;

/** Makes `next` the value of the data, which no other tensor shares, and keeps it at `home`. */
export function lend(native: NativeBackend, data: TensorData, home: Numbers, next: Numbers): void {
  let loan = loans.get(data);
  if (!loan) loans.set(data, (loan = new Loan(data)));
  if (data.id >= 0) native.binding.deleteTensor(data.id);
  data.id = --lastId;
  home.set(next);
  loan.begin(home);
}

/** Gives the data a copy of their numbers back: before the home gets others, or the data do by other ways than `lend`. */
export function endLoan(data: TensorData): void {
  loans.get(data)?.end();
}
