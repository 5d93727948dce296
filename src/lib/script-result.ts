import { appendFileSync, writeSync } from "node:fs";
import { formatScriptFailure } from "./contract/script-message.ts";
import type { Failure } from "./failure/failure.ts";
import { messageOf } from "./text/error.ts";

const STDOUT = 1;
const STDERR = 2;

/** Prints a line of progress on stdout. */
export function say(line: string): void {
  writeSync(STDOUT, `${line}\n`);
}

/**
 * Warns: `warning: <cause>. <fix>` on stderr, and the same without its prefix into the script's
 * termination message. The script goes on; each further warning adds a line.
 * @param cause What is wrong, with what, why: no full stop at its end.
 * @param fix What a person does about it, with its full stop.
 */
export function warnWith(cause: string, fix: string): void {
  writeSync(STDERR, `warning: ${cause}. ${fix}\n`);
  addToTerminationMessage(`${cause}. ${fix}\n`);
}

/** As warnWith, without the prefix, and ends the script with exit status 1. */
export function failWith(cause: string, fix: string): never {
  writeSync(STDERR, `${cause}. ${fix}\n`);
  addToTerminationMessage(`${cause}. ${fix}\n`);
  process.exit(1);
}

/** As warnWith, for a failure of the registry: the message holds it whole, code and parameters included. */
export function warnOf(failure: Failure): void {
  writeSync(STDERR, `warning: ${failure.cause}. ${failure.fix}\n`);
  addToTerminationMessage(formatScriptFailure(failure, true));
}

/** As failWith, for failures of the registry, the most important one first. */
export function failOf(failures: readonly Failure[]): never {
  writeSync(STDERR, failures.map(({ cause, fix }) => `${cause}. ${fix}\n`).join(""));
  for (const failure of failures) addToTerminationMessage(formatScriptFailure(failure, false));
  process.exit(1);
}

/** The file is the script's own (TERMINATION_MESSAGE_PATH); a script run by hand has none. */
function addToTerminationMessage(line: string): void {
  const path = process.env["TERMINATION_MESSAGE_PATH"];
  if (path === undefined || path === "") return;
  try {
    appendFileSync(path, line);
  } catch (error) {
    const why = messageOf(error);
    writeSync(STDERR, `cannot write the termination message: ${why}\n`);
  }
}
