import { statSync } from "node:fs";
import { fail, ok, type Result } from "../lib/result.ts";
import { didYouMean } from "../lib/text/closest.ts";
import type { Environment } from "../lib/environment.ts";
import type { Command, Program } from "./command.ts";
import type { Flag, FlagTable } from "./flag.ts";

/** What the user asks for. */
export type Invocation =
  | {
      readonly kind: "command";
      readonly command: Command;
      /** A value for every flag of the command. */
      readonly config: Readonly<Record<string, unknown>>;
      readonly operands: readonly string[];
    }
  /** Of one command, or of the whole program. */
  | { readonly kind: "help"; readonly of: Command | undefined }
  | { readonly kind: "version" };

/** A flag as it was written: `word` with its dashes; `value` is undefined where none follows. */
type Given = {
  readonly word: string;
  readonly name: string;
  readonly value: string | undefined;
  readonly isAssigned: boolean;
};

/** A command line or a variable that cannot be used. */
export type Misuse = {
  /** What, and why: one line for a person. */
  readonly text: string;
  /** The command that was meant: the default one where none is known by that name. */
  readonly command: Command;
  /** The flags that could be read. */
  readonly config: Readonly<Record<string, unknown>>;
};

/** Reads a command line. Precedence: flag, variable, default. */
export function parseCommandLine(
  program: Program,
  argv: readonly string[],
  env: Environment,
): Result<Invocation, Misuse> {
  const { words, flags, asksFor } = divide(argv, program);
  const [first, ...operands] = words;
  if (asksFor === "version" || first === "version") return ok({ kind: "version" });
  const chosen = first === "help" ? operands.shift() : first;
  const command =
    chosen === undefined
      ? program.defaultCommand
      : program.commands.find(({ name }) => name === chosen);
  if (first === "help" || asksFor === "help") {
    return ok({ kind: "help", of: chosen === undefined ? undefined : command });
  }
  const { values, problem } = completeValues(command ?? program.defaultCommand, flags, env);
  if (command === undefined) {
    const text = noSuchCommand(chosen ?? "", program) + directoryHint(chosen ?? "", program);
    return fail({ text, command: program.defaultCommand, config: values });
  }
  const text = checkOperands(command, operands) ?? problem;
  return text === undefined
    ? ok({ kind: "command", command, config: values, operands })
    : fail({ text, command, config: values });
}

type Divided = {
  readonly words: readonly string[];
  readonly flags: readonly Given[];
  readonly asksFor: "help" | "version" | undefined;
};

/** Tells flags from other words, before it is known which command they are for. */
function divide(argv: readonly string[], program: Program): Divided {
  const words: string[] = [];
  const flags: Given[] = [];
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") return { words: [...words, ...rest], flags, asksFor: undefined };
    if (!word.startsWith("-") || word === "-") {
      words.push(word);
      continue;
    }
    const [, name = "", assigned] = /^--?([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === "help" || name === "h") return { words, flags, asksFor: "help" };
    if (name === "version" || name === "v") return { words, flags, asksFor: "version" };
    const isAssigned = assigned !== undefined;
    const value = assigned ?? (isSwitch(name, program) ? "true" : rest.shift());
    flags.push({ word, name, value, isAssigned });
  }
  return { words, flags, asksFor: undefined };
}

function isSwitch(name: string, { commands }: Program): boolean {
  return commands.some(({ flags }) => findFlag(flags, name)?.[1].isSwitch === true);
}

function findFlag(table: FlagTable, name: string): readonly [string, Flag<unknown>] | undefined {
  return Object.entries(table).find(([, flag]) => flag.name === name || flag.letter === name);
}

type Values = {
  readonly values: Readonly<Record<string, unknown>>;
  /** Why the first flag that has no value could not be read. */
  readonly problem: string | undefined;
};

function completeValues(command: Command, flags: readonly Given[], env: Environment): Values {
  const table = command.flags;
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const given of flags) {
    const found = findFlag(table, given.name);
    if (found === undefined) {
      problems.push(unknownFlag(given, table));
      continue;
    }
    const [field, flag] = found;
    const parsed = valueOf(given, flag);
    if (!parsed.ok) {
      problems.push(parsed.error);
      continue;
    }
    values[field] =
      flag.isRepeatable === true && Array.isArray(values[field])
        ? [...values[field], ...(parsed.value as readonly unknown[])]
        : parsed.value;
  }
  for (const [field, flag] of Object.entries(table)) {
    if (Object.hasOwn(values, field)) continue;
    const value = valueWithoutFlag(flag, command, env);
    if (value.ok) values[field] = value.value;
    else problems.push(value.error);
  }
  return { values, problem: problems[0] };
}

function valueOf(given: Given, flag: Flag<unknown>): Result<unknown, string> {
  if (given.value === undefined)
    return fail(`cannot use ${given.word}: it needs a value (${flag.placeholder})`);
  const parsed = flag.parse(given.value);
  return parsed.ok ? parsed : fail(`cannot use ${asWritten(given)}: ${parsed.error}`);
}

function valueWithoutFlag(
  flag: Flag<unknown>,
  { name }: Command,
  env: Environment,
): Result<unknown, string> {
  // An empty variable is how a ConfigMap or a shell says "not set".
  const variable = flag.variables.find((candidate) => (env[candidate] ?? "") !== "");
  if (variable === undefined) {
    const fallback = flag.fallback();
    return fallback.ok ? fallback : fail(`cannot ${name}: ${fallback.error}`);
  }
  const parsed = flag.parse(env[variable] ?? "");
  return parsed.ok
    ? parsed
    : fail(`cannot use ${variable}=${env[variable]} from the environment: ${parsed.error}`);
}

/** What is wrong with the words that are not flags. */
function checkOperands(
  { name, operands, flags }: Command,
  words: readonly string[],
): string | undefined {
  const [first = ""] = words;
  if (operands.length === 0 && words.length > 0) {
    const guess = "scripts" in flags ? `; did you mean -scripts=${first}?` : "";
    return `cannot use ${words.map((word) => `"${word}"`).join(", ")}: ${name} takes flags only${guess}`;
  }
  const missing = operands.filter((operand) => !operand.startsWith("["))[words.length];
  if (missing !== undefined) return `${name}: missing argument ${missing}`;
  // `NAME…` takes any number of words.
  if (operands.at(-1)?.includes("…") === true) return undefined;
  const surplus = words[operands.length];
  return surplus === undefined
    ? undefined
    : `cannot use "${surplus}": ${name} takes ${operands.length === 1 ? "one " : ""}${operands.join(" ")}`;
}

function noSuchCommand(word: string, { commands }: Program): string {
  const names = commands.map(({ name }) => name);
  return `cannot run "${word}": no such command${didYouMean(word, names)}; there are ${names.join(", ")}`;
}

/** Who gives a directory as the only word means its scripts, as with run-parts(8). */
function directoryHint(word: string, { defaultCommand }: Program): string {
  const isDirectory = statSync(word, { throwIfNoEntry: false })?.isDirectory() === true;
  return isDirectory && "scripts" in defaultCommand.flags ? `; did you mean -scripts=${word}?` : "";
}

function unknownFlag({ word, name }: Given, table: FlagTable): string {
  const dashes = word.startsWith("--") ? "--" : "-";
  const names = Object.values(table).map((flag) => `${dashes}${flag.name}`);
  return `cannot use ${dashes}${name}: no such flag${didYouMean(`${dashes}${name}`, names)}`;
}

function asWritten({ word, value, isAssigned }: Given): string {
  return isAssigned ? word : `${word} ${value}`;
}
