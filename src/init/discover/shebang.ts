import { statSync } from "node:fs";
import type { Fault } from "./script.ts";

/**
 * What is wrong with a script's first line; undefined if the kernel can run it (execve(2), env(1)).
 * @param firstLine without its newline, beginning with `#!`
 */
export function problemOfShebang(firstLine: string, searchPath: string): Fault | undefined {
  const [interpreter = "", ...rest] = firstLine
    .slice(2)
    .trim()
    .split(/[ \t]+/);
  if (interpreter === "") return shebang("no-interpreter");
  if (!interpreter.startsWith("/")) {
    return shebang("relative", interpreter);
  }
  if (!isExecutableFile(interpreter)) return missing(interpreter);
  if (!interpreter.endsWith("/env")) return undefined;
  if (rest.length > 1 && !SPLIT_OPTION.test(rest[0] ?? "")) {
    return shebang("env-words", rest.join(" "));
  }
  const command = commandOfEnv(rest);
  if (command === undefined) return shebang("env-alone");
  const found = command.includes("/")
    ? isExecutableFile(command)
    : searchPath.split(":").some((directory) => isExecutableFile(`${directory || "."}/${command}`));
  return found ? undefined : missing(command);
}

/** With it env takes its one word apart (env(1)). */
const SPLIT_OPTION = /^(?:-[iv0]*S|--split-string=?)/;

/** The command in env's arguments: what follows its options and the variables it sets. */
function commandOfEnv([first = "", ...rest]: readonly string[]): string | undefined {
  const words = [first.replace(SPLIT_OPTION, ""), ...rest].filter(Boolean);
  return words.find((word) => !word.startsWith("-") && !word.includes("="));
}

function missing(interpreter: string): Fault {
  return { code: "InterpreterMissing", about: { interpreter } };
}

type ShebangFault = Extract<Fault, { readonly code: "ShebangInvalid" }>;

function shebang(fault: ShebangFault["about"]["fault"], words = ""): ShebangFault {
  return { code: "ShebangInvalid", about: { fault, words } };
}

function isExecutableFile(path: string): boolean {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats !== undefined && stats.isFile() && (stats.mode & 0o111) !== 0;
  } catch {
    return false; // an entry of PATH may be a file, a cycle of links, or no path at all
  }
}
