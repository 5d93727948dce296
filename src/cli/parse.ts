import { fail, ok, type Result } from "../lib/result.ts";
import { didYouMean } from "../lib/text/closest.ts";
import {
  COMMANDS,
  COMMAND_NAMES,
  type Command,
  type CommandSpec,
  type Invocation,
} from "./commands.ts";
import type { Flag, FlagTable } from "./flag.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A flag as it was written: `word` with its dashes; `value` is undefined where none follows. */
type Given = {
  readonly word: string;
  readonly name: string;
  readonly value: string | undefined;
  readonly isAssigned: boolean;
};

/**
 * What the user asks for; the error is one line for a person. A flag wins over the environment.
 * @param defaultCommand what the program does when no command is named
 */
export function parseCommandLine(
  argv: readonly string[],
  env: Environment,
  defaultCommand: Command = "run",
): Result<Invocation, string> {
  const { words, flags, asksFor } = divide(argv);
  if (asksFor === "version") return ok({ command: "version" });
  const [first = defaultCommand, ...operands] = words;
  const chosen = first === "help" ? operands.shift() : first;
  const command = COMMAND_NAMES.find((name) => name === chosen);
  if (first === "help" || asksFor === "help") {
    return ok({ command: "help", of: words.length === 0 ? undefined : command });
  }
  if (command === undefined) return fail(noSuchCommand(first));
  const spec = COMMANDS[command];
  const values = completeValues(flags, spec.flags, env);
  if (!values.ok) return values;
  const operand = chooseOperand(command, spec, operands);
  if (!operand.ok) return operand;
  // The table of a command is what its configuration's type is made from.
  return ok({ command, config: values.value, operand: operand.value } as unknown as Invocation);
}

type Divided = {
  readonly words: readonly string[];
  readonly flags: readonly Given[];
  readonly asksFor: "help" | "version" | undefined;
};

/** Tells flags from other words, before it is known which command they are for. */
function divide(argv: readonly string[]): Divided {
  const words: string[] = [];
  const flags: Given[] = [];
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!word.startsWith("-") || word === "-") {
      words.push(word);
      continue;
    }
    const [, name = "", assigned] = /^--?([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === "help" || name === "h") return { words, flags, asksFor: "help" };
    if (name === "version") return { words, flags, asksFor: "version" };
    const isAssigned = assigned !== undefined;
    const value = assigned ?? (isSwitch(name) ? "true" : rest.shift());
    flags.push({ word, name, value, isAssigned });
  }
  return { words, flags, asksFor: undefined };
}

function isSwitch(name: string): boolean {
  return Object.values(COMMANDS).some(({ flags }) => findFlag(flags, name)?.[1].isSwitch === true);
}

function findFlag(table: FlagTable, name: string): readonly [string, Flag<unknown>] | undefined {
  return Object.entries(table).find(([, flag]) => flag.name === name || flag.letter === name);
}

function completeValues(
  flags: readonly Given[],
  table: FlagTable,
  env: Environment,
): Result<Readonly<Record<string, unknown>>, string> {
  const values: Record<string, unknown> = {};
  for (const given of flags) {
    const found = findFlag(table, given.name);
    if (found === undefined) return fail(unknownFlag(given, table));
    const [field, flag] = found;
    if (given.value === undefined)
      return fail(`cannot use ${given.word}: it needs a value (${flag.placeholder})`);
    const parsed = flag.parse(given.value);
    if (!parsed.ok) return fail(`cannot use ${asWritten(given)}: ${parsed.error}`);
    values[field] = parsed.value;
  }
  for (const [field, flag] of Object.entries(table)) {
    if (Object.hasOwn(values, field)) continue;
    // An empty variable is how a ConfigMap or a shell says "not set".
    const variable = flag.variables.find((name) => (env[name] ?? "") !== "");
    if (variable === undefined) {
      values[field] = flag.fallback();
      continue;
    }
    const parsed = flag.parse(env[variable] ?? "");
    if (!parsed.ok)
      return fail(`cannot use ${variable}=${env[variable]} from the environment: ${parsed.error}`);
    values[field] = parsed.value;
  }
  return ok(values);
}

function chooseOperand(
  command: Command,
  { operand, flags }: CommandSpec,
  words: readonly string[],
): Result<string | undefined, string> {
  const [first, second] = words;
  if (operand === undefined && first !== undefined) {
    const guess = "scripts" in flags ? `; did you mean -scripts=${first}?` : "";
    return fail(`cannot use "${first}": ${command} takes flags only${guess}`);
  }
  if (operand !== undefined && first === undefined)
    return fail(`cannot show ${command}: of which ${operand}?`);
  if (second !== undefined) return fail(`cannot use "${second}": ${command} takes one ${operand}`);
  return ok(first);
}

function noSuchCommand(word: string): string {
  return `cannot run "${word}": no such command${didYouMean(word, COMMAND_NAMES)}; there are ${COMMAND_NAMES.join(", ")}`;
}

function unknownFlag({ word, name }: Given, table: FlagTable): string {
  const dashes = word.startsWith("--") ? "--" : "-";
  const names = Object.values(table).map((flag) => `${dashes}${flag.name}`);
  return `cannot use ${dashes}${name}: no such flag${didYouMean(`${dashes}${name}`, names)}`;
}

function asWritten({ word, value, isAssigned }: Given): string {
  return isAssigned ? word : `${word} ${value}`;
}
