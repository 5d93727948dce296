import { failureOf, type Failure } from "../../lib/failure/failure.ts";
import { SCRIPTS, SEE_LOG } from "../../lib/failure/topics/scripts.ts";
import type { GivenFailure } from "../../lib/contract/script-message.ts";
import { formatDuration } from "../../lib/text/duration.ts";
import { decodeTail, plainLine, shortenUtf8 } from "../../lib/text/utf8.ts";
import type { Ending, Tail } from "./outcome.ts";
import { failureOfStart } from "./start-error.ts";

/** How much of a script's own words goes into a cause. */
const QUOTE_BYTES = 600;

/** How a script ended and what it left behind. */
export type Ended = {
  readonly ending: Ending;
  /** The failures that it left in its termination message. */
  readonly given: readonly GivenFailure[];
  readonly tail: Tail;
};

/**
 * Why a script failed, or what it warns of: never empty. What the script left in its message counts
 * before what it printed, and that before how it ended.
 * @param withOutput whether the script's output may be quoted
 */
export function failuresOf(
  { ending, given, tail }: Ended,
  withOutput: boolean,
): readonly Failure[] {
  const isPassed = ending.how === "exited" && ending.status === 0;
  if (given.length === 0) return [failureOfEnding(ending, withOutput ? lastLine(tail) : "")];
  const failures = given.map((failure) => completed(failure, ending, isPassed));
  // The failure of a script that failed is not one of the warnings that it left before.
  const main = given.findIndex(({ isWarning }) => isPassed === isWarning);
  if (main <= 0) return failures;
  return failures.filter((_, index) => index === main).concat(failures.toSpliced(main, 1));
}

function completed(given: GivenFailure, ending: Ending, isPassed: boolean): Failure {
  const { code, cause, fix, params, link } = given;
  const more = link === undefined ? {} : { link };
  if (code !== undefined) return { code, cause, fix: fix === "" ? SEE_LOG : fix, params, ...more };
  if (isPassed)
    return { ...failureOf(SCRIPTS, "ScriptWarned", { why: cause }), fix: fix || SEE_LOG };
  const { code: ofEnding, fix: fixOfEnding, params: about } = failureOfEnding(ending, "");
  return { code: ofEnding, cause, fix: fix || fixOfEnding, params: about, ...more };
}

/** A failure in the words of how the script ended; `quote` is what it printed last, or empty. */
function failureOfEnding(ending: Ending, quote: string): Failure {
  switch (ending.how) {
    case "exited":
      return failureOfStatus(ending.status, quote);
    case "signalled":
      return failureOf(SCRIPTS, "ScriptKilled", { signal: ending.signal, why: quote });
    case "timed-out": {
      const about = {
        timeout: formatDuration(ending.afterMs),
        afterlife: afterlife(ending.died),
        why: quote,
      };
      return ending.deadline === "run"
        ? failureOf(SCRIPTS, "RunTimedOut", about)
        : failureOf(SCRIPTS, "ScriptTimedOut", about);
    }
    case "stopped":
      return failureOf(SCRIPTS, "RunStopped", {
        signal: ending.signal,
        afterlife: afterlife(ending.died),
      });
    case "not-started":
      return failureOfStart(ending);
  }
}

function failureOfStatus(status: number, quote: string): Failure {
  const why = quote === "" ? "" : `exit status ${status}: ${quote}`;
  if (status === 127) return failureOf(SCRIPTS, "CommandNotFound", { why });
  if (status === 126) return failureOf(SCRIPTS, "CommandNotExecutable", { why });
  return failureOf(SCRIPTS, "ScriptFailed", { status: String(status), why });
}

function afterlife(died: boolean): string {
  return died
    ? ""
    : ", and even SIGKILL did not end it (it may hang in the kernel on a disk or a mount)";
}

/** What the script printed last: on stderr, or else on stdout. */
function lastLine(tail: Tail): string {
  for (const bytes of [tail.stderr, tail.stdout]) {
    const line = decodeTail(bytes).split("\n").map(plainLine).findLast(Boolean);
    if (line !== undefined) return shortenUtf8(line, QUOTE_BYTES);
  }
  return "";
}
