import { statSync } from "node:fs";

/**
 * What is wrong with a script's first line; undefined if the kernel can run it (execve(2), env(1)).
 * @param firstLine without its newline, beginning with `#!`
 */
export function problemOfShebang(firstLine: string, searchPath: string): string | undefined {
  const words = firstLine
    .slice(2)
    .trim()
    .split(/[ \t]+/);
  const [interpreter = "", ...rest] = words;
  if (interpreter === "") return "its shebang names no interpreter: begin the file with #!/bin/sh";
  if (!interpreter.startsWith("/")) {
    return `its interpreter ${interpreter} is no absolute path: write #!/usr/bin/env ${interpreter}`;
  }
  if (!isExecutableFile(interpreter)) return missing(interpreter);
  if (!interpreter.endsWith("/env")) return undefined;
  const command = commandOfEnv(rest);
  if (command === undefined)
    return "its shebang runs env without a command: write #!/usr/bin/env sh";
  const found = command.includes("/")
    ? isExecutableFile(command)
    : searchPath.split(":").some((directory) => isExecutableFile(`${directory || "."}/${command}`));
  return found ? undefined : missing(command);
}

/** The command in env's arguments: what follows its options and the variables it sets. */
function commandOfEnv(words: readonly string[]): string | undefined {
  return words.find((word) => !word.startsWith("-") && !word.includes("="));
}

function missing(interpreter: string): string {
  return `its interpreter ${interpreter} is not there: install it in the image, or use one that is`;
}

function isExecutableFile(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && stats.isFile() && (stats.mode & 0o111) !== 0;
}
