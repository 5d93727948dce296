import type { StartEntry } from "../record/entry.ts";
import type { RunResult } from "../run/events.ts";
import type { Ending, Outcome } from "../run/outcome.ts";
import { decisiveOutcome } from "../run/verdict.ts";
import type { Problem } from "../discover/script.ts";
import { formatDuration } from "../../lib/text/duration.ts";
import { count, joinSentences, showName } from "../../lib/text/show.ts";
import { decodeTail, plainLine, shortenUtf8 } from "../../lib/text/utf8.ts";

/** What a failure tells a person, the same in log, termination message, event and record. */
export type Explanation = {
  /** What happened and why, without a full stop at its end. */
  readonly cause: string;
  /** What to do; empty if the script's own message says it all. */
  readonly fix: string;
};

/** How much of a script's own words goes into a cause, or into cause and fix together. */
const CAUSE_BYTES = 600;
const MESSAGE_BYTES = 1200;

/** @param withOutput whether the script's last output may be quoted (--event-output) */
export function explain(outcome: Outcome, withOutput: boolean): Explanation {
  if (outcome.ending === undefined) return { cause: outcome.reason ?? outcome.verdict, fix: "" };
  const lines = outcome.message.split("\n").map(plainLine).filter(Boolean);
  const [cause, ...fix] = lines;
  if (cause !== undefined) {
    const isOneLine = fix.length === 0;
    return {
      cause: shortenUtf8(cause, isOneLine ? MESSAGE_BYTES : CAUSE_BYTES),
      fix: shortenUtf8(joinSentences(...fix), CAUSE_BYTES),
    };
  }
  const ending = describeEnding(outcome.ending);
  const quoted = withOutput ? lastLine(outcome) : "";
  return { cause: quoted === "" ? ending : `${ending}: ${quoted}`, fix: fixOf(outcome.ending) };
}

/** `exit status 37`, `killed by SIGKILL`, `timed out: its deadline of 30s passed`, … */
export function describeEnding(ending: Ending): string {
  switch (ending.how) {
    case "exited":
      return `exit status ${ending.status}`;
    case "signalled":
      // A real-time signal has a number only.
      return `killed by ${/^\d/.test(ending.signal) ? "signal " : ""}${ending.signal}`;
    case "timed-out": {
      const whose = ending.deadline === "run" ? "the whole run's deadline of" : "its deadline of";
      return `timed out: ${whose} ${formatDuration(ending.afterMs)} passed${afterlife(ending.died)}`;
    }
    case "stopped":
      return `ended by ${ending.signal}${afterlife(ending.died)}`;
    case "not-started":
      return `cannot start it: ${ending.error}`;
  }
}

function afterlife(died: boolean): string {
  return died
    ? ""
    : ", and even SIGKILL did not end it (it may hang in the kernel on a disk or a mount)";
}

/** Whether a script passed and left a warning in its termination message. */
export function isWarning({ verdict, ending }: Outcome): boolean {
  return verdict === "warned" && ending?.how === "exited" && ending.status === 0;
}

function fixOf(ending: Ending): string {
  switch (ending.how) {
    case "exited":
      if (ending.status === 127)
        return "A command it runs was not found: install it, or correct its PATH";
      if (ending.status === 126) return "A command it runs is not executable: correct its mode";
      return "Read its output in the log of this container";
    case "signalled":
      return ending.signal === "SIGKILL"
        ? "Look for the OOM killer in the node's kernel log, and raise the container's memory limit"
        : "Read its output in the log of this container, and the node's kernel log";
    case "timed-out":
      return ending.deadline === "run"
        ? "Find what it waits for, or raise --total-timeout"
        : "Find what it waits for, or give it more time: # init: timeout=… in the script, or --timeout";
    case "stopped":
      return "";
    case "not-started":
      return "Check that the script and its interpreter are in the image, for this CPU architecture";
  }
}

/** What the script said last: on stderr, or else on stdout. */
function lastLine({ tail }: Outcome): string {
  for (const bytes of [tail.stderr, tail.stdout]) {
    const line = decodeTail(bytes).split("\n").map(plainLine).findLast(Boolean);
    if (line !== undefined) return shortenUtf8(line, CAUSE_BYTES);
  }
  return "";
}

/** `script "/scripts/01-x" failed: exit status 37`: the words people grep for. */
export function describeFailure(outcome: Outcome, scriptPath: string): string {
  if (isWarning(outcome)) return `script "${scriptPath}" passed with a warning`;
  const ending =
    outcome.ending === undefined ? (outcome.reason ?? "") : describeEnding(outcome.ending);
  return `script "${scriptPath}" failed: ${ending}`;
}

/** One line for a problem found before the start. */
export function describeProblem({ of, path, line, what }: Problem): string {
  const place = line === undefined ? showName(path) : `${showName(path)}:${line}`;
  return of === "settings"
    ? `cannot read settings of ${place}: ${what}`
    : `cannot run ${place}: ${what}`;
}

/** The first line of the termination message: whoever reads only this knows what to do. */
export function summarize(result: RunResult, withOutput: boolean): string {
  const decisive = decisiveOutcome(result.outcomes);
  if (decisive !== undefined) {
    const { cause, fix } = explain(decisive, withOutput);
    return `${showName(decisive.script)}: ${joinSentences(cause, fix)}`;
  }
  if (result.stoppedBy !== undefined) {
    return result.stoppedBy.how === "signal"
      ? `ended by ${result.stoppedBy.signal} before all scripts had run`
      : `the run's deadline of ${formatDuration(result.stoppedBy.afterMs)} passed before all scripts had run. Raise --total-timeout`;
  }
  const warned = result.outcomes.filter(({ verdict }) => verdict === "warned");
  const took = formatDuration(result.durationMs);
  const [first] = warned;
  if (first === undefined) return `prepared: ${count(result.outcomes.length, "script")} in ${took}`;
  const { cause, fix } = explain(first, withOutput);
  return `prepared with ${count(warned.length, "warning")} in ${took}: ${showName(first.script)}: ${joinSentences(cause, fix)}`;
}

/** What a person should know of a run that was cut off: the host may be half changed. */
export function describeInterruption({ script, at }: StartEntry): string {
  return `an earlier run was cut off (power loss, SIGKILL or a reboot) while ${showName(script)} ran, which had started at ${at}`;
}

export type Downgrade = {
  readonly nodeImage: string;
  readonly nodeVersion: string;
  readonly previousNodeImage: string;
  readonly previousVersion: string;
};

export function describeDowngrade(versions: Downgrade): string {
  const { nodeImage, nodeVersion, previousNodeImage, previousVersion } = versions;
  return `downgrade: this node was last prepared for ${previousVersion} (${previousNodeImage}) and is now for ${nodeVersion} (${nodeImage})`;
}
