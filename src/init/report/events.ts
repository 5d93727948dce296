import type { EventReporter, EventReporterOptions } from "../kubernetes/post-events.ts";
import type { PodEvent } from "../kubernetes/event.ts";
import type { Emit, RunEvent } from "../run/events.ts";
import type { Outcome } from "../run/outcome.ts";
import { exitStatusOf } from "../run/verdict.ts";
import type { EventText } from "../../lib/contract/pod-event.ts";
import type { Failure } from "../../lib/failure/failure.ts";
import { decodeTail } from "../../lib/text/utf8.ts";
import { mainFailure, summarize } from "./wording.ts";

export type EventsReporter = {
  readonly report: Emit;
  /** Resolves when all is posted, or after `budgetMs`. */
  readonly close: (budgetMs: number) => Promise<void>;
};

/** Tells failures, warnings and the success as events of the pod. The client is loaded for the first one. */
export function createEventsReporter(options: EventReporterOptions): EventsReporter {
  let opened: Promise<EventReporter> | undefined;
  return {
    report(event) {
      const podEvent = podEventOf(event, options.eventOutput === "tail");
      if (podEvent === undefined) return;
      opened ??= open(options);
      void opened.then((reporter) => reporter.post(podEvent));
    },
    close: async (budgetMs) => (await opened)?.close(budgetMs),
  };
}

async function open(options: EventReporterOptions): Promise<EventReporter> {
  const { createEventReporter } = await import("../kubernetes/post-events.ts");
  return createEventReporter(options);
}

const REASONS = {
  failed: "ScriptFailed",
  "timed-out": "ScriptTimedOut",
  warned: "ScriptWarning",
} as const;

function podEventOf(event: RunEvent, withOutput: boolean): PodEvent | undefined {
  if (event.type === "script-ended") {
    const { verdict } = event.outcome;
    if (verdict !== "failed" && verdict !== "timed-out" && verdict !== "warned") return undefined;
    const output = withOutput ? outputOf(event.outcome) : "";
    const failure = mainFailure(event.outcome, withOutput);
    if (failure === undefined) return undefined;
    const { code, cause, fix, params } = failure;
    const text = { code, params, cause, fix, output };
    return { reason: REASONS[verdict], script: event.outcome.script, text };
  }
  if (event.type === "run-refused") {
    return { reason: "ScriptFailed", text: refusalText(event.failure, event.problems) };
  }
  if (event.type === "run-ended" && exitStatusOf(event.result) === 0) {
    return {
      reason: "NodePrepared",
      text: { cause: summarize(event.result, withOutput), fix: "", output: "" },
    };
  }
  return undefined;
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

/** What the script printed last: on stderr, or else on stdout. */
function outputOf({ tail }: Outcome): string {
  return decodeTail(tail.stderr.length > 0 ? tail.stderr : tail.stdout);
}
