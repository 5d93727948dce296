import { failureOf, type Failure } from "../../lib/failure/failure.ts";
import { SCRIPTS, SEE_LOG } from "../../lib/failure/topics/scripts.ts";
import type { GivenFailure } from "../../lib/contract/script-message.ts";
import { formatDuration } from "../../lib/text/duration.ts";
import { causeOf, lastActivity, outputOf, type Cause } from "./cause/cause.ts";
import type { Printed } from "./cause/printed.ts";
import type { Ending } from "./outcome.ts";
import { failureOfStart } from "./start-error.ts";

/** How a script ended and what it left behind. */
export type Ended = {
  readonly ending: Ending;
  /** The failures that it left in its termination message. */
  readonly given: readonly GivenFailure[];
  readonly printed: Printed;
};

/**
 * Why a script failed, or what it warns of: never empty. What the script left in its message counts
 * before what it printed, and that before how it ended.
 * @param withOutput whether the script's output may be quoted
 */
export function failuresOf(
  { ending, given, printed }: Ended,
  withOutput: boolean,
): readonly Failure[] {
  const isPassed = ending.how === "exited" && ending.status === 0;
  if (given.length === 0) return [failureOfEnding(ending, withOutput ? printed : undefined)];
  const failures = given.map((failure) => completed(failure, ending, isPassed));
  // The failure of a script that failed is not one of the warnings that it left before.
  const main = given.findIndex(({ isWarning }) => isPassed === isWarning);
  if (main <= 0) return failures;
  return failures.filter((_, index) => index === main).concat(failures.toSpliced(main, 1));
}

/**
 * The last few lines that a script printed, to be shown beside its cause: a wrong guess still leaves the
 * right line. Empty if the script gave the cause itself.
 */
export function outputBeside({ given, printed }: Ended): string {
  return given.length === 0 ? outputOf(printed) : "";
}

function completed(given: GivenFailure, ending: Ending, isPassed: boolean): Failure {
  const { code, cause, fix, params, link } = given;
  const more = link === undefined ? {} : { link };
  if (code !== undefined) return { code, cause, fix: fix === "" ? SEE_LOG : fix, params, ...more };
  if (isPassed)
    return { ...failureOf(SCRIPTS, "ScriptWarned", { why: cause }), fix: fix || SEE_LOG };
  const { code: ofEnding, fix: fixOfEnding, params: about } = failureOfEnding(ending, undefined);
  return { code: ofEnding, cause, fix: fix || fixOfEnding, params: about, ...more };
}

/** A failure in the words of how the script ended, and of what it printed if that may be quoted. */
function failureOfEnding(ending: Ending, printed: Printed | undefined): Failure {
  switch (ending.how) {
    case "exited":
      return failureOfStatus(ending.status, printed === undefined ? UNQUOTED : causeOf(printed));
    case "signalled":
      return failureOf(SCRIPTS, "ScriptKilled", {
        signal: ending.signal,
        why: quoteActivity(printed),
      });
    case "timed-out": {
      const about = {
        timeout: formatDuration(ending.afterMs),
        afterlife: afterlife(ending.died),
        why: quoteActivity(printed),
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

const UNQUOTED: Cause = { cause: "", is: "error", fix: "" };

/** How shells name the signal that ended a child: 128 and its number (bash(1), EXIT STATUS). */
const SIGNALS: Readonly<Record<number, string>> = {
  1: "SIGHUP",
  2: "SIGINT",
  3: "SIGQUIT",
  4: "SIGILL",
  6: "SIGABRT",
  7: "SIGBUS",
  8: "SIGFPE",
  9: "SIGKILL",
  11: "SIGSEGV",
  13: "SIGPIPE",
  15: "SIGTERM",
  31: "SIGSYS",
};

function failureOfStatus(status: number, said: Cause): Failure {
  const why = describeStatus(status, said);
  const signal = SIGNALS[status - 128];
  if (signal !== undefined)
    return failureOf(SCRIPTS, "CommandKilled", { status: String(status), signal, why });
  switch (status) {
    case 124:
      return failureOf(SCRIPTS, "CommandTimedOut", { why });
    case 126:
      return failureOf(SCRIPTS, "CommandNotExecutable", { why });
    case 127:
      return failureOf(SCRIPTS, "CommandNotFound", { why });
    default: {
      const advice = said.is === "nothing" ? TRACE_IT : said.fix;
      return failureOf(SCRIPTS, "ScriptFailed", { status: String(status), why, advice });
    }
  }
}

const TRACE_IT =
  "Run it with a trace to see the command that failed: set -x in its second line (sh, bash)";

/** `exit status 1: <error>`; what was only printed last is called that. */
function describeStatus(status: number, { cause, is }: Cause): string {
  const ending = `exit status ${status}`;
  switch (is) {
    case "error":
      return cause === "" ? "" : `${ending}: ${cause}`;
    case "last":
      return `${ending}; printed last: ${cause}`;
    case "trace":
      return `${ending}; last command in its trace: ${cause}`;
    case "nothing":
      return `${ending}; it printed nothing`;
  }
}

function quoteActivity(printed: Printed | undefined): string {
  const activity = printed === undefined ? "" : lastActivity(printed);
  return activity === "" ? "" : `printed last: ${activity}`;
}

function afterlife(died: boolean): string {
  return died
    ? ""
    : ", and even SIGKILL did not end it (it may hang in the kernel on a disk or a mount)";
}
