/**
 * Anything that can be thrown → the content of a Jupyter `error` message.
 *
 * The traceback ends with the message, because that is the line that pytest, papermill and nbclient quote; before it
 * come the excerpt of the learner's cell and the frames, before these the `cause`.
 */
import { inspect, types } from "node:util";
import { bold } from "./ansi";
import { excerpt } from "./excerpt";
import { formatFrames, framesOf, isCell } from "./stack";
import type { Sources } from "./sources";
import { TypeScriptError } from "./type-errors";

/** The content of an `error` message. */
export interface ErrorContent {
  ename: string;
  evalue: string;
  traceback: string[];
}

const deepestCause = 5;

/** Names, explains and places what was thrown. */
export function describeError(thrown: unknown, sources: Sources): ErrorContent {
  try {
    const blocks = thrown instanceof TypeScriptError ? thrown.blocks(sources) : trace(thrown, sources, 0);
    return { ename: nameOf(thrown), evalue: messageOf(thrown), traceback: [...blocks, headline(thrown)] };
  } catch (error) {
    const evalue = `what was thrown cannot be shown: ${String(error)}`; // a getter or an inspect method of its own throws
    return { ename: "Thrown", evalue, traceback: [`Thrown: ${evalue}`] };
  }
}

/** The same as text, for places that take no `error` message. */
export function errorText(thrown: unknown, sources: Sources): string {
  return `${describeError(thrown, sources).traceback.join("\n")}\n`;
}

function trace(thrown: unknown, sources: Sources, depth: number): string[] {
  if (!isError(thrown)) return [];
  const blocks: string[] = [];
  if (thrown.cause !== undefined && depth < deepestCause) {
    blocks.push(...trace(thrown.cause, sources, depth + 1), headline(thrown.cause), "\nwhich led to:\n");
  }
  const frames = framesOf(thrown, sources);
  const inCell = frames.find((frame) => isCell(frame.file));
  const text = inCell && sources.text(inCell.file);
  if (inCell && text !== undefined) {
    const quote = excerpt(text, inCell.line, inCell.column);
    if (!blocks.includes(quote)) blocks.push(quote); // the cause often comes from the same line
  }
  if (frames.length > 0) blocks.push(formatFrames(frames));
  if (thrown instanceof AggregateError) blocks.push(...thrown.errors.map((each, i) => `[${i + 1}] ${headline(each)}`));
  return blocks;
}

function headline(thrown: unknown): string {
  const message = messageOf(thrown);
  return bold(nameOf(thrown)) + (message === "" ? "" : `: ${message}`);
}

/** `class MyError extends Error {}` keeps the name "Error"; its constructor says more. */
function nameOf(thrown: unknown): string {
  if (!isError(thrown)) return "Thrown";
  const name = String(thrown.name);
  return name === "Error" ? thrown.constructor?.name || name : name;
}

function messageOf(thrown: unknown): string {
  if (isError(thrown)) return String(thrown.message);
  return `${inspect(thrown)} (not an Error)`;
}

function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}
