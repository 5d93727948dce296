import { writeSync } from "node:fs";
import { formatGivenFailure } from "./contract/script-message.ts";
import type { Failure } from "./failure/failure.ts";
import { leaveMessage } from "./report-failure.ts";
import { joinSentences } from "./text/show.ts";

const STDOUT = 1;
const STDERR = 2;

/** Prints a line of progress on stdout. */
export function say(line: string): void {
  writeSync(STDOUT, `${line}\n`);
}

/**
 * Warns: `warning: <cause>. <fix>` on stderr, and the whole failure in the script's termination
 * message. The script goes on; each further warning adds a line.
 */
export function warnOf(failure: Failure): void {
  writeSync(STDERR, `warning: ${joinSentences(failure.cause, failure.fix)}\n`);
  leave(failure, true);
}

/** In a dry run: shows a change that a run would make. A script that leaves any ends with exit status 0. */
export function wouldChange(change: string): void {
  say(`would ${change}`);
  leaveMessage(process.env["TERMINATION_MESSAGE_PATH"], `${change}\n`);
}

/** Reports failures, the decisive one first, as warnOf does, and ends the script with exit status 1. */
export function failOf(failures: readonly Failure[]): never {
  writeSync(STDERR, failures.map(({ cause, fix }) => `${joinSentences(cause, fix)}\n`).join(""));
  for (const failure of failures) leave(failure, false);
  process.exit(1);
}

/** The file is the script's own; a script that is run by hand has none. */
function leave(failure: Failure, isWarning: boolean): void {
  const path = process.env["TERMINATION_MESSAGE_PATH"];
  leaveMessage(path, formatGivenFailure({ ...failure, isWarning }));
}
