import type { PodEvent } from "../kubernetes/event.ts";
import type { RunEvent } from "../run/events.ts";
import type { Outcome } from "../run/outcome.ts";
import { exitStatusOf } from "../run/verdict.ts";
import type { EventText } from "../../lib/contract/pod-event.ts";
import type { Failure } from "../../lib/failure/failure.ts";
import { fixWithLink } from "../../lib/text/show.ts";
import { decodeTail } from "../../lib/text/utf8.ts";
import { failureOfLong, summarize } from "./wording.ts";

const REASONS = {
  failed: "ScriptFailed",
  "timed-out": "ScriptTimedOut",
  warned: "ScriptWarning",
} as const;

/** The pod events of what happens in a run: one for each failure and warning, and one of the success. */
export function podEventsOf(event: RunEvent, withOutput: boolean): readonly PodEvent[] {
  if (event.type === "script-ended") return eventsOfOutcome(event.outcome, withOutput);
  if (event.type === "script-interrupted") {
    const { script, failure } = event;
    return [{ reason: "ScriptWarning", script, about: failure.code, text: textOf(failure, "") }];
  }
  if (event.type === "script-still-running") {
    const text = textOf(failureOfLong(event), "");
    return [{ reason: "ScriptStillRunning", script: event.script.name, text }];
  }
  if (event.type === "run-refused") {
    return [{ reason: "ScriptFailed", text: refusalText(event.failure, event.problems) }];
  }
  if (event.type === "run-ended" && exitStatusOf(event.result) === 0) {
    const text = { cause: summarize(event.result, withOutput), fix: "", output: "" };
    return [{ reason: event.result.action === "undo" ? "NodeUndone" : "NodePrepared", text }];
  }
  return [];
}

function eventsOfOutcome(outcome: Outcome, withOutput: boolean): readonly PodEvent[] {
  const { verdict, script } = outcome;
  if (verdict !== "failed" && verdict !== "timed-out" && verdict !== "warned") return [];
  const reason = REASONS[verdict];
  const [main, ...others] = withOutput ? outcome.failures : outcome.reported;
  if (main === undefined) return [];
  const output = withOutput ? outputOf(outcome) : "";
  const seen = new Map([[main.code, 1]]);
  return [
    { reason, script, text: textOf(main, output) },
    ...others.map((failure): PodEvent => {
      const nth = (seen.get(failure.code) ?? 0) + 1;
      seen.set(failure.code, nth);
      // An event's name comes from what it is about: each failure keeps its own over restarts.
      return { reason, script, about: `${failure.code} ${nth}`, text: textOf(failure, "") };
    }),
  ];
}

function textOf({ code, cause, fix, link, params }: Failure, output: string): EventText {
  return { code, params, cause, fix: fixWithLink(fix, link), output };
}

/** As in the termination message the first problem leads: mostly the others are of its kind. */
function refusalText(failure: Failure, problems: readonly Failure[]): EventText {
  const [first = failure] = problems;
  const { code, params, fix } = first;
  const causes = problems.map((problem) => problem.cause).join("; ");
  const cause = problems.length === 0 ? failure.cause : `${failure.cause}: ${causes}`;
  const isOfOneKind = problems.every((problem) => problem.fix === fix);
  const rest = isOfOneKind ? "" : ". The log has the fix of each";
  return { code, params, cause, fix: `${fix}${rest}`, output: "" };
}

/** What the script printed last: on both streams, or where it gave the cause on stderr, or else on stdout. */
function outputOf({ tail, output }: Outcome): string {
  return output === "" ? decodeTail(tail.stderr.length > 0 ? tail.stderr : tail.stdout) : output;
}
