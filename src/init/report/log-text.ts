import { differentFirst } from "../run/first-failure.ts";
import type { RunEvent, RunResult } from "../run/events.ts";
import type { Output } from "../run/output.ts";
import type { Outcome } from "../run/outcome.ts";
import { decisiveOutcome } from "../run/verdict.ts";
import type { Script } from "../discover/script.ts";
import type { Failure } from "../../lib/failure/failure.ts";
import { SEE_LOG } from "../../lib/failure/topics/scripts.ts";
import { formatDuration } from "../../lib/text/duration.ts";
import { count, fixWithLink, joinSentences, showName } from "../../lib/text/show.ts";
import type { Paint } from "../../lib/text/paint.ts";
import type { Log } from "./log.ts";
import { outcomeTable } from "./table.ts";
import {
  describeCounts,
  describeEnding,
  describeFailure,
  describePrepared,
  describeSkips,
  failureOfLong,
  failureOfStop,
  noteOf,
  warningsOf,
} from "./wording.ts";

type Outputs = { readonly stdout: Output; readonly stderr: Output };

/** The log for people: the scripts' output byte for byte, and our own lines on stderr with a time. */
export function createTextLog(outputs: Outputs, paint: Paint): Log {
  const paths = new Map<string, string>();
  return {
    report(event) {
      if (event.type === "run-started") {
        for (const script of event.scripts) paths.set(script.name, showName(script.path));
      }
      const lines = linesOf(event, paint, (name) => paths.get(name) ?? name);
      if (lines.length > 0) writeLines(outputs.stderr, lines);
    },
    writerOf: () => (stream, bytes) => outputs[stream].write(bytes),
    flushed: async () => {
      await Promise.all([outputs.stdout.drained(), outputs.stderr.drained()]);
    },
  };
}

function writeLines(stderr: Output, lines: readonly string[]): void {
  // A script may have ended in the middle of a line.
  const start = stderr.atLineStart() ? "" : "\n";
  void stderr.write(Buffer.from(`${start}${lines.join("\n")}\n`));
}

type PathOf = (scriptName: string) => string;

function linesOf(event: RunEvent, paint: Paint, pathOf: PathOf): readonly string[] {
  const said = sayingsOf(event, paint, pathOf);
  const time = new Date().toISOString();
  const lines = said.map((line) => `${time} ${line}`);
  // What decides comes last: `kubectl logs -l` shows only the last ten lines.
  return event.type === "run-ended"
    ? [...outcomeTable(event.result.outcomes, paint), ...lines]
    : lines;
}

function sayingsOf(event: RunEvent, paint: Paint, pathOf: PathOf): readonly string[] {
  switch (event.type) {
    case "note":
      return [event.text];
    case "script-interrupted":
      return [];
    case "run-refused":
      return refusal(event.failure, event.problems).map(paint.red);
    case "run-started":
      return [`scripts: [${event.scripts.map(({ path }) => showName(path)).join(" ")}]`];
    case "script-started":
      return [
        `exec: ${pathOf(event.script.name)}${event.attempt > 1 ? ` (attempt ${event.attempt})` : ""}`,
      ];
    case "script-retrying": {
      const again = `retrying in ${formatDuration(event.delayMs)}, ${count(event.retriesLeft, "retry").replace("retrys", "retries")} left`;
      return [
        `${pathOf(event.script.name)}: ${describeEnding(event.ending)}; ${again}`,
        ...event.failures.flatMap(causeAndFix),
      ].map(paint.yellow);
    }
    case "script-silent":
      return [
        `still running: ${showName(event.script.name)} (${Math.round(event.runningMs / 1000)} s)`,
      ];
    case "script-still-running":
      return [`${showName(event.script.name)}: ${noteOf(failureOfLong(event))}`];
    case "output-left-open":
      return [
        `${showName(event.script.name)} left a process behind that still holds its output; what it prints from now on is not shown`,
      ];
    case "script-ended":
      return endOfScript(event.script, event.outcome, paint);
    case "leftovers-ended":
      return event.leftovers.map(({ pid, command, died }) =>
        died
          ? `ended a process that a script left behind: pid ${pid} (${showName(command)})`
          : paint.red(
              `cannot end a process that a script left behind: pid ${pid} (${showName(command)}) did not die of SIGKILL`,
            ),
      );
    case "run-ended":
      return endOfRun(event.result, paint, pathOf);
  }
}

function endOfScript(script: Script, outcome: Outcome, paint: Paint): readonly string[] {
  if (outcome.verdict === "skipped")
    return [`skipped: ${showName(script.name)}: ${outcome.reason}`];
  if (outcome.verdict === "would-change")
    return [
      ...outcome.changes.map((change) => `would change: ${showName(script.name)}: ${change}`),
      ...outcome.failures.flatMap(causeAndFix).map(paint.yellow),
    ];
  if (outcome.verdict !== "warned") return [];
  return [
    `warning: ${describeFailure(outcome, showName(script.path))}; continuing`,
    ...outcome.failures.flatMap(causeAndFix),
  ].map(paint.yellow);
}

function causeAndFix({ code, cause, fix, link }: Failure): readonly string[] {
  return [
    `cause: ${cause} (${code})`,
    `fix: ${fixWithLink(fix === SEE_LOG ? "see the output above" : fix, link)}`,
  ];
}

function refusal(failure: Failure, problems: readonly Failure[]): readonly string[] {
  const [first = failure] = problems;
  const listed = problems.length > 1 ? problems : [];
  return [
    ...listed.map(({ code, cause, fix }) => joinSentences(`${cause} (${code})`, fix)),
    `init failed: ${failure.cause}`,
    ...causeAndFix(first),
  ];
}

function endOfSuccess(result: RunResult): string {
  const { action, outcomes, durationMs } = result;
  if (action !== "run") return describePrepared(result);
  const warnings = outcomes.filter(({ verdict }) => verdict === "warned").length;
  const how = warnings === 0 ? "prepared" : `prepared with ${count(warnings, "warning")}`;
  const took = formatDuration(durationMs);
  return `${how}: ${count(outcomes.length, "script")} in ${took}${describeSkips(outcomes)}`;
}

function endOfRun(result: RunResult, paint: Paint, pathOf: PathOf): readonly string[] {
  const decisive = decisiveOutcome(result.outcomes);
  if (decisive === undefined) {
    const took = formatDuration(result.durationMs);
    if (result.stoppedBy === undefined)
      return [...warningsLine(result).map(paint.yellow), paint.green(endOfSuccess(result))];
    const why = result.stoppedBy.how === "signal" ? result.stoppedBy.signal : "the run's deadline";
    return [
      `init failed: ended by ${why} after ${took}`,
      ...causeAndFix(failureOfStop(result.stoppedBy)),
      describeCounts(result.outcomes),
    ].map(paint.red);
  }
  const [failure] = decisive.failures;
  return [
    ...failuresBeside(result.outcomes, decisive).map(inOneLine),
    ...firstFailureLine(decisive),
    `init failed: ${describeFailure(decisive, pathOf(decisive.script))}`,
    ...(failure === undefined ? [] : causeAndFix(failure)),
    ...otherFailures(result.outcomes, decisive),
    describeCounts(result.outcomes),
  ].map(paint.red);
}

/** Script and code of each warning, where there are several. */
function warningsLine({ outcomes }: RunResult): readonly string[] {
  const warnings = warningsOf(outcomes);
  return warnings.length < 2 ? [] : [`warnings: ${warnings.join(", ")}`];
}

/** What the series of failures began with, where that was something else. */
function firstFailureLine(decisive: Outcome): readonly string[] {
  const first = differentFirst(decisive);
  return first === undefined ? [] : [`failing since ${first.at}: ${first.cause} (${first.code})`];
}

/** Script and code of the failures beside the decisive one, in one line. */
function otherFailures(outcomes: readonly Outcome[], decisive: Outcome): readonly string[] {
  const others = failuresBeside(outcomes, decisive).map(
    ({ script, failure: { code } }) => `${showName(script)} (${code})`,
  );
  return others.length === 0 ? [] : [`also failed: ${others.join(", ")}`];
}

type ScriptFailure = { readonly script: string; readonly failure: Failure };

function failuresBeside(outcomes: readonly Outcome[], decisive: Outcome): readonly ScriptFailure[] {
  return outcomes
    .filter(({ verdict }) => verdict === "failed" || verdict === "timed-out")
    .flatMap((outcome) =>
      outcome.failures
        .slice(outcome === decisive ? 1 : 0)
        .map((failure) => ({ script: outcome.script, failure })),
    );
}

function inOneLine({ script, failure }: ScriptFailure): string {
  const { cause, code, fix, link } = failure;
  const todo = fixWithLink(fix === SEE_LOG ? "" : fix, link);
  return `failed: ${showName(script)}: ${joinSentences(`${cause} (${code})`, todo)}`;
}
