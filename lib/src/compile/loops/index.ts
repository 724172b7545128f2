/** Small graphs, computed by this library in the thread that calls. */
export { operations, type Parts } from "./builder";
export { loopGraph } from "./graph";
export { endLoan } from "./loan";
