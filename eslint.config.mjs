// Lint rules: TypeScript's recommended set, and the rule of the house: a room imports only from the rooms below it.
import js from "@eslint/js";
import ts from "typescript-eslint";

/** What each room of lib/src may import (folders or files beside it). A file of a room may always import from its own room. */
const rooms = {
  random: [],
  format: [],
  simd: [],
  scratch: ["random", "format", "simd"],
  backend: [],
  kernels: ["backend", "simd"],
  compile: ["backend", "kernels", "simd"],
  nn: ["backend", "kernels", "compile", "random", "format"],
  optim: ["backend", "compile", "nn", "format"],
  music: [],
  data: ["random", "format", "music"],
  metrics: ["backend", "nn", "optim", "data", "random", "format"],
  generate: ["backend", "nn", "optim", "data", "random", "format", "metrics"],
  train: ["backend", "nn", "optim", "data", "random", "format", "metrics", "generate"],
  models: ["backend", "compile", "nn", "optim", "data", "random", "format", "metrics", "train"],
  plot: ["format", "music"],
  notebook: ["plot", "format", "music", "backend"],
};

const everyRoom = Object.keys(rooms);

/** Forbids every room that is not listed, whatever the depth of the importing file. */
function roomRule(room, allowed) {
  const forbidden = everyRoom.filter((other) => other !== room && !allowed.includes(other));
  const names = [...forbidden, "exercises", "solutions"].join("|"); // nobody imports those, but index.ts one error
  return {
    files: [`lib/src/${room}/**/*.ts`, `lib/src/${room}.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: `^(\\.\\./)+(${names})(/|\\.js|$)`,
              message: `The room "${room}" may import only: ${allowed.join(", ") || "nothing"}.`,
            },
            {
              regex: `^\\./(${names})(/|\\.js|$)`,
              message: `The room "${room}" may import only: ${allowed.join(", ") || "nothing"}.`,
            },
          ],
        },
      ],
    },
  };
}

/** An exercise or its solution may import every room of the library, but no other exercise and no solution. */
function exerciseRule(room, other) {
  const message = "An exercise imports the library alone; what another exercise gives is passed in as an argument.";
  return {
    files: [`lib/src/${room}/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { regex: `^\\.\\./${other}(?!/not-implemented)(/|$)`, message },
            { regex: "^\\./(?!not-implemented(\\.js)?$)", message },
            { regex: "^(?!node:|@tensorflow/tfjs$)[^.]", message },
          ],
        },
      ],
    },
  };
}

export default ts.config(
  { ignores: ["**/dist/", "build/", "**/node_modules/", ".venv/", "notebooks/", "test/fixtures/"] },
  js.configs.recommended,
  ...ts.configs.recommended,
  {
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        require: "readonly",
        module: "writable",
        setTimeout: "readonly",
        clearTimeout: "readonly",
        setImmediate: "readonly",
        URL: "readonly",
        Buffer: "readonly",
        fetch: "readonly",
        AbortController: "readonly",
        AbortSignal: "readonly",
        setInterval: "readonly",
        clearInterval: "readonly",
        performance: "readonly",
        __dirname: "readonly",
      },
    },
    rules: {
      "no-restricted-exports": ["error", { restrictDefaultExports: { direct: true } }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/ban-ts-comment": ["error", { "ts-nocheck": "allow-with-description" }],
    },
  },
  { files: ["**/*.mjs"], rules: { "no-restricted-exports": "off" } },
  { files: ["**/*.{js,cjs}"], rules: { "@typescript-eslint/no-require-imports": "off" } },
  // A stub uses none of its parameters yet, and a wrong answer may ignore one.
  {
    files: ["lib/src/exercises/*.ts", "test/exercises/wrong/**/*.ts"],
    rules: { "@typescript-eslint/no-unused-vars": "off" },
  },
  exerciseRule("exercises", "solutions"),
  exerciseRule("solutions", "exercises"),
  ...Object.entries(rooms).map(([room, allowed]) => roomRule(room, allowed)),
);
