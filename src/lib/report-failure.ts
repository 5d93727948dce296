import { appendFileSync, writeSync } from "node:fs";
import { formatGivenFailure, type GivenFailure } from "./contract/script-message.ts";
import { CODE_PATTERN } from "./failure/failure.ts";
import { messageOf } from "./text/error.ts";
import { joinSentences } from "./text/show.ts";

const STDERR = 2;

export type Reported = {
  readonly code: string | undefined;
  /** `NAME=VALUE`. */
  readonly params: readonly string[];
  readonly link: string | undefined;
  readonly isWarning: boolean;
};

/**
 * Reports what a script found: on stderr for its log, and in its termination message.
 * @param words the cause, and what to do if that is known
 * @param messagePath TERMINATION_MESSAGE_PATH; a script that is run by hand has none
 */
export function reportFailure(
  { code, params, link, isWarning }: Reported,
  [cause = "", fix = ""]: readonly string[],
  messagePath: string | undefined,
): void {
  const prefix = isWarning ? "warning: " : "";
  writeSync(STDERR, `${prefix}${joinSentences(cause, fix)}\n`);
  if (code !== undefined && !CODE_PATTERN.test(code))
    writeSync(STDERR, `"${code}" is not a code: it must match ${CODE_PATTERN.source}\n`);
  const failure: GivenFailure = {
    code,
    cause,
    fix,
    params: Object.fromEntries(params.map(divide)),
    ...(link === undefined ? {} : { link }),
    isWarning,
  };
  leaveMessage(messagePath, formatGivenFailure(failure));
}

function divide(param: string): readonly [string, string] {
  const at = param.indexOf("=");
  return [param.slice(0, at), param.slice(at + 1)];
}

/** Adds to the termination message of a script; that it cannot is shown and changes nothing. */
export function leaveMessage(path: string | undefined, line: string): void {
  if (path === undefined || path === "") return;
  try {
    appendFileSync(path, line);
  } catch (error) {
    writeSync(STDERR, `cannot write the termination message to ${path}: ${messageOf(error)}\n`);
  }
}
