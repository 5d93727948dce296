import { fail, ok, type Result } from "../result.ts";
import { didYouMean } from "../text/closest.ts";
import { FLAGS, type Config, type Flag } from "./flags.ts";

export const COMMANDS = ["run", "plan", "lint"] as const;
export type Command = (typeof COMMANDS)[number];

export type Environment = Readonly<Record<string, string | undefined>>;

export type Invocation =
  | { readonly command: Command; readonly config: Config }
  | { readonly command: "help" }
  | { readonly command: "version" };

const flagsByName: ReadonlyMap<string, { readonly field: string; readonly flag: Flag<unknown> }> =
  new Map(Object.entries(FLAGS).map(([field, flag]) => [flag.name, { field, flag }]));

/** What the user asks for; the error is one line for a person. A flag wins over the environment. */
export function parseCommandLine(
  argv: readonly string[],
  env: Environment,
): Result<Invocation, string> {
  const values = new Map<string, unknown>();
  const words: string[] = [];
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!word.startsWith("-") || word === "-") {
      words.push(word);
      continue;
    }
    const [, name = "", assigned] = /^--?([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === "help" || name === "h") return ok({ command: "help" });
    if (name === "version") return ok({ command: "version" });
    const known = flagsByName.get(name);
    if (known === undefined) return fail(unknownFlag(word, name));
    const given = assigned ?? rest.shift();
    if (given === undefined)
      return fail(`cannot use ${word}: it needs a value (${known.flag.placeholder})`);
    const parsed = known.flag.parse(given);
    if (!parsed.ok) return fail(`cannot use ${withValue(word, given, assigned)}: ${parsed.error}`);
    values.set(known.field, parsed.value);
  }
  const command = chooseCommand(words);
  if (!command.ok) return command;
  if (command.value === "help") return ok({ command: "help" });
  const config = completeConfig(values, env);
  return config.ok ? ok({ command: command.value, config: config.value }) : config;
}

function chooseCommand(words: readonly string[]): Result<Command | "help", string> {
  const [first = "run", second] = words;
  if (first === "help") return ok("help");
  const command = COMMANDS.find((candidate) => candidate === first);
  if (command === undefined) {
    return fail(
      `cannot run "${first}": no such command${didYouMean(first, COMMANDS)}; there are ${COMMANDS.join(", ")}`,
    );
  }
  if (second !== undefined) {
    return fail(
      `cannot use "${second}": ${command} takes flags only; did you mean -scripts=${second}?`,
    );
  }
  return ok(command);
}

function completeConfig(
  given: ReadonlyMap<string, unknown>,
  env: Environment,
): Result<Config, string> {
  const values: Record<string, unknown> = {};
  for (const { field, flag } of flagsByName.values()) {
    if (given.has(field)) {
      values[field] = given.get(field);
      continue;
    }
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
  return ok(values as Config);
}

function unknownFlag(word: string, name: string): string {
  const dashes = word.startsWith("--") ? "--" : "-";
  const names = [...flagsByName.keys()].map((known) => `${dashes}${known}`);
  return `cannot use ${dashes}${name}: no such flag${didYouMean(`${dashes}${name}`, names)}`;
}

function withValue(word: string, given: string, assigned: string | undefined): string {
  return assigned === undefined ? `${word} ${given}` : word;
}
