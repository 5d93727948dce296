import { failureOf, type Failure } from "../../lib/failure/failure.ts";
import { SCRIPTS } from "../../lib/failure/topics/scripts.ts";
import type { RunEvent, RunResult } from "../run/events.ts";
import type { Ending, Outcome } from "../run/outcome.ts";
import { decisiveOutcome } from "../run/verdict.ts";
import { flagOfReason } from "../plan/choose.ts";
import type { StopReason } from "../run/stop.ts";
import { formatDuration } from "../../lib/text/duration.ts";
import { count, joinSentences, showName } from "../../lib/text/show.ts";

/** The failure that decides an outcome, as it may be shown. */
export function mainFailure(outcome: Outcome, mayQuote = true): Failure | undefined {
  return (mayQuote ? outcome.failures : outcome.reported)[0];
}

/** `exit status 37`, `killed by SIGKILL`, `timed out: its timeout of 30s passed`, … */
export function describeEnding(ending: Ending): string {
  switch (ending.how) {
    case "exited":
      return `exit status ${ending.status}`;
    case "signalled":
      // A real-time signal has a number only.
      return `killed by ${/^\d/.test(ending.signal) ? "signal " : ""}${ending.signal}`;
    case "timed-out": {
      const whose = ending.deadline === "run" ? "the run's timeout of" : "its timeout of";
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

/** The same of a script's outcome: one that passed can fail by --fail-on-warning. */
export function describeOwnEnding({ verdict }: Outcome, ending: Ending): string {
  const hasPassed = ending.how === "exited" && ending.status === 0;
  return verdict === "failed" && hasPassed
    ? "it warned, and --fail-on-warning is set"
    : describeEnding(ending);
}

/** Whether a script passed and left a warning in its termination message. */
export function isWarning({ verdict, ending }: Outcome): boolean {
  return verdict === "warned" && ending?.how === "exited" && ending.status === 0;
}

/** `script "/scripts/01-x" failed: exit status 37`: the words people grep for. */
export function describeFailure(outcome: Outcome, scriptPath: string): string {
  if (isWarning(outcome)) return `script "${scriptPath}" passed with a warning`;
  const ending =
    outcome.ending === undefined
      ? (outcome.reason ?? "")
      : describeOwnEnding(outcome, outcome.ending);
  return `script "${scriptPath}" failed: ${ending}`;
}

/** The first line of the termination message: whoever reads only this knows what to do. */
export function summarize(result: RunResult, withOutput: boolean): string {
  const decisive = decisiveOutcome(result.outcomes);
  if (decisive !== undefined) {
    return sentenceOf(decisive, withOutput);
  }
  if (result.stoppedBy !== undefined) {
    const { cause, fix } = failureOfStop(result.stoppedBy);
    return joinSentences(cause, fix);
  }
  const first = result.outcomes.find(({ verdict }) => verdict === "warned");
  const prepared = [describePrepared(result), ...describeChanges(result.outcomes)].join("; ");
  if (first === undefined) return prepared;
  const [, ...others] = warningsOf(result.outcomes);
  const also = others.length === 0 ? "" : `Also ${others.join(", ")}`;
  return joinSentences(`${prepared}: ${sentenceOf(first, withOutput)}`, also);
}

/** Each warning of a run as `20-b (ClockSkew)`. */
export function warningsOf(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes
    .filter(({ verdict }) => verdict === "warned")
    .flatMap(({ script, failures }) => failures.map(({ code }) => `${showName(script)} (${code})`));
}

/** `prepared: 3 scripts in 2s`, `prepared with 1 warning in 2s`, `dry run: 1 would-change, 2 passed in 2s`. */
export function describePrepared({ action, outcomes, durationMs }: RunResult): string {
  if (action === "dry-run") return describeDryRun(outcomes, durationMs);
  if (action === "undo") return describeUndo(outcomes, durationMs);
  const warnings = outcomes.filter(({ verdict }) => verdict === "warned").length;
  const how =
    warnings === 0
      ? `prepared: ${count(outcomes.length, "script")}`
      : `prepared with ${count(warnings, "warning")}`;
  return `${how} in ${formatDuration(durationMs)}${describeSkips(outcomes)}`;
}

/** `dry run: 1 would-change, 2 passed, 1 skipped in 2s`. */
export function describeDryRun(outcomes: readonly Outcome[], durationMs: number): string {
  const took = formatDuration(durationMs);
  return `dry run: ${describeCounts(outcomes)} in ${took}${describeSkips(outcomes)}`;
}

/** `undo: 2 undone, 1 skipped in 2s`. */
export function describeUndo(outcomes: readonly Outcome[], durationMs: number): string {
  const what = outcomes.length === 0 ? "no script changes this host" : describeCounts(outcomes);
  return `undo: ${what} in ${formatDuration(durationMs)}`;
}

/** What scripts would change, as `10-a: load tcm_loop`. */
export function describeChanges(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.flatMap(({ script, changes }) =>
    changes.map((change) => `${showName(script)}: ${change}`),
  );
}

/** `, 2 scripts skipped by --skip`: what somebody chose is not to be forgotten. */
export function describeSkips(outcomes: readonly Outcome[]): string {
  return (["--skip", "--only"] as const)
    .map((flag) => ({
      flag,
      amount: outcomes.filter(
        ({ verdict, reason }) => verdict === "skipped" && flagOfReason(reason) === flag,
      ).length,
    }))
    .filter(({ amount }) => amount > 0)
    .map(({ flag, amount }) => `, ${count(amount, "script")} skipped by ${flag}`)
    .join("");
}

/** `<script>: <cause>. <fix>` of the failure that decides an outcome. */
function sentenceOf(outcome: Outcome, withOutput: boolean): string {
  const failure = mainFailure(outcome, withOutput);
  const words = failure === undefined ? [outcome.verdict] : [failure.cause, failure.fix];
  return `${showName(outcome.script)}: ${joinSentences(...words)}`;
}

/** The failure of a run that ended before its scripts, though none of them failed. */
export function failureOfStop(reason: StopReason): Failure {
  return reason.how === "signal"
    ? failureOf(SCRIPTS, "RunStopped", { signal: reason.signal })
    : failureOf(SCRIPTS, "RunTimedOut", { timeout: formatDuration(reason.afterMs) });
}

/** `2 failed, 12 passed, 27 not run`: what did not pass comes first. */
export function describeCounts(outcomes: readonly Outcome[]): string {
  const interrupted = outcomes.filter(
    ({ verdict, attempts }) => verdict === "cancelled" && attempts > 0,
  );
  const { cancelled = 0, ...ended } = countOutcomes(outcomes);
  const counts = [
    ...Object.entries(ended).map(([verdict, amount]) => [amount, verdict] as const),
    [interrupted.length, "interrupted"] as const,
    [cancelled - interrupted.length, "not run"] as const,
  ];
  return counts
    .filter(([amount]) => amount > 0)
    .map((pair) => pair.join(" "))
    .join(", ");
}

const ORDER = [
  "failed",
  "timed-out",
  "warned",
  "would-change",
  "undone",
  "passed",
  "skipped",
  "cancelled",
] as const;

/** A failure that does not decide the run, in one line of the log. */
export function noteOf({ cause, code, fix }: Failure): string {
  return joinSentences(`${cause} (${code})`, fix);
}

/** A script that has been running for long, as a failure: nothing has failed yet, but it may hang. */
export function failureOfLong(event: Extract<RunEvent, { type: "script-still-running" }>): Failure {
  const { runningMs, lastLine, waits } = event;
  const printed = lastLine === "" ? "" : `printed last: ${lastLine}`;
  const why = [printed, waits].filter(Boolean).join("; ");
  const minutes = Math.round(runningMs / 60_000) * 60_000;
  return failureOf(SCRIPTS, "ScriptStillRunning", { for: formatDuration(minutes), why });
}

/** How many scripts ended with each verdict that occurs. */
export function countOutcomes(outcomes: readonly Outcome[]): Readonly<Record<string, number>> {
  const counts = ORDER.map(
    (verdict) =>
      [verdict, outcomes.filter((outcome) => outcome.verdict === verdict).length] as const,
  );
  return Object.fromEntries(counts.filter(([, amount]) => amount > 0));
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
