/** Takes a record apart that a learner's function returned, so that a missing `return` or part is a message and not a crash. */
import { kindOf } from "../../../scripts/grade/describe.mjs";
import { Mismatch } from "../../../scripts/grade/errors.mjs";

/** The named parts of the record, after a look at whether it has them all. What else it has does not count. */
export function fields<Name extends string>(got: unknown, names: readonly Name[], what: string): Record<Name, never> {
  const found = typeof got === "object" && got !== null ? Object.keys(got) : [];
  if (names.every((name) => found.includes(name))) {
    const record = got as Record<Name, never>;
    return Object.fromEntries(names.map((name) => [name, record[name]])) as Record<Name, never>;
  }
  throw new Mismatch(
    `${what} is not complete\n  expected an object with ${names.join(", ")}\n  got      ${kindOf(got)}`,
    {
      hint: `End with \`return { ${names.join(", ")} };\`.`,
    },
  );
}
