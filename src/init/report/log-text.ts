import type { RunEvent, RunResult } from "../run/events.ts";
import type { Output } from "../run/output.ts";
import type { Outcome } from "../run/outcome.ts";
import { decisiveOutcome } from "../run/verdict.ts";
import type { Script } from "../discover/script.ts";
import { formatDuration } from "../../lib/text/duration.ts";
import { count, showName } from "../../lib/text/show.ts";
import type { Paint } from "./colour.ts";
import type { Log } from "./log.ts";
import { outcomeTable } from "./table.ts";
import { describeEnding, describeFailure, explain } from "./wording.ts";

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
  return event.type === "run-ended"
    ? [...lines, ...outcomeTable(event.result.outcomes, paint)]
    : lines;
}

function sayingsOf(event: RunEvent, paint: Paint, pathOf: PathOf): readonly string[] {
  switch (event.type) {
    case "note":
      return [event.text];
    case "run-refused":
      return [...event.problems, `init failed: ${event.cause}`].map(paint.red);
    case "run-started":
      return [`scripts: [${event.scripts.map(({ path }) => showName(path)).join(" ")}]`];
    case "script-started":
      return [
        `exec: ${pathOf(event.script.name)}${event.attempt > 1 ? ` (attempt ${event.attempt})` : ""}`,
      ];
    case "script-retrying": {
      const again = `retrying in ${formatDuration(event.delayMs)}, ${count(event.retriesLeft, "retry").replace("retrys", "retries")} left`;
      return [
        paint.yellow(`${pathOf(event.script.name)}: ${describeEnding(event.ending)}; ${again}`),
      ];
    }
    case "script-silent":
      return [
        `still running: ${showName(event.script.name)} (${Math.round(event.runningMs / 1000)} s)`,
      ];
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
  if (outcome.verdict !== "warned") return [];
  const { cause, fix } = explain(outcome, true);
  const lines = [
    `warning: ${describeFailure(outcome, showName(script.path))}; the run goes on`,
    `cause: ${cause}`,
  ];
  return [...lines, ...(fix === "" ? [] : [`fix: ${fix}`])].map(paint.yellow);
}

function endOfRun(result: RunResult, paint: Paint, pathOf: PathOf): readonly string[] {
  const decisive = decisiveOutcome(result.outcomes);
  if (decisive === undefined) {
    const took = formatDuration(result.durationMs);
    const warnings = result.outcomes.filter(({ verdict }) => verdict === "warned").length;
    const how = warnings === 0 ? "prepared" : `prepared with ${count(warnings, "warning")}`;
    if (result.stoppedBy === undefined)
      return [paint.green(`${how}: ${count(result.outcomes.length, "script")} in ${took}`)];
    const why = result.stoppedBy.how === "signal" ? result.stoppedBy.signal : "the run's deadline";
    return [paint.red(`init failed: ended by ${why} after ${took}`)];
  }
  const { cause, fix } = explain(decisive, true);
  const lines = [
    `init failed: ${describeFailure(decisive, pathOf(decisive.script))}`,
    `cause: ${cause}`,
  ];
  return [...lines, ...(fix === "" ? [] : [`fix: ${fix}`])].map(paint.red);
}
