/** What can stand next on a command line: for completion in a shell. Pure. */
import type { Command, Program } from "./command.ts";
import type { Flag } from "./flag.ts";

/**
 * @param words the words after the program's name; the last one is begun, perhaps empty. bash divides
 * `--output=ta` into three words, zsh does not.
 */
export function complete(program: Program, words: readonly string[]): readonly string[] {
  const last = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const given = before.find((word) => !word.startsWith("-"));
  const named = program.commands.find(({ name }) => name === given);
  const command = named ?? program.defaultCommand;
  const valued = flagBefore(command, before, last);
  if (valued !== undefined) return valuesOf(valued, last === "=" ? "" : last);
  const [, flagName, begun] = /^--?([^=]+)=(.*)$/.exec(last) ?? [];
  if (flagName !== undefined) {
    const flag = flagsOf(command).find(({ name }) => name === flagName);
    const start = last.slice(0, last.indexOf("=") + 1);
    return flag === undefined ? [] : valuesOf(flag, begun ?? "").map((value) => `${start}${value}`);
  }
  if (last.startsWith("-")) return flagWords(command).filter((word) => word.startsWith(last));
  if (named !== undefined) return [];
  return namesOf(program).filter((name) => name.startsWith(last));
}

function flagsOf({ flags }: Command): readonly Flag<unknown>[] {
  return Object.values(flags);
}

function flagWords(command: Command): readonly string[] {
  return [...flagsOf(command).map(({ name }) => `--${name}`), "--help"].toSorted();
}

function namesOf({ commands }: Program): readonly string[] {
  return [...commands.map(({ name }) => name), "help", "version"].toSorted();
}

/** The flag whose value is begun: it stands before, perhaps with an equals sign between. */
function flagBefore(
  command: Command,
  before: readonly string[],
  last: string,
): Flag<unknown> | undefined {
  const words = last === "=" ? [...before, last] : before;
  const word = words.at(-1) === "=" ? words.at(-2) : words.at(-1);
  const name = /^--?([^=]+)$/.exec(word ?? "")?.[1];
  if (name === undefined) return undefined;
  return flagsOf(command).find(
    (flag) => (flag.name === name || flag.letter === name) && flag.isSwitch !== true,
  );
}

/** Of a flag that takes one of some words; of others the shell completes file names. */
function valuesOf({ placeholder }: Flag<unknown>, begun: string): readonly string[] {
  if (!placeholder.includes("|")) return [];
  return placeholder.split("|").filter((value) => value.startsWith(begun));
}
