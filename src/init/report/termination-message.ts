import {
  formatTerminationMessage,
  type ScriptEnd,
  type TerminationReport,
} from "../../lib/contract/termination-message.ts";
import type { Failure } from "../../lib/failure/failure.ts";
import type { Interruption } from "../run/events.ts";
import { differentFirst } from "../run/first-failure.ts";
import type { RunResult } from "../run/events.ts";
import type { Outcome } from "../run/outcome.ts";
import type { Verdict } from "../../lib/contract/verdict.ts";
import { decisiveOutcome } from "../run/verdict.ts";
import { showName } from "../../lib/text/show.ts";
import {
  countOutcomes,
  describeChanges,
  describePrepared,
  failureOfStop,
  mainFailure,
} from "./wording.ts";

/** What is in every message beside the outcomes. */
export type MessageFacts = {
  readonly init: string;
  readonly nodeImage: string | undefined;
  /** How many bytes kubelet leaves this container. */
  readonly budget: number;
  /** What an earlier run did not bring to its end. */
  readonly interruptions?: readonly Interruption[];
};

/** The message of a run that is over. */
export function messageOfResult(
  result: RunResult,
  facts: MessageFacts,
  withOutput: boolean,
): string {
  const { outcomes, stoppedBy } = result;
  const decisive = decisiveOutcome(outcomes);
  const stop = stoppedBy === undefined ? undefined : failureOfStop(stoppedBy);
  const warned =
    stop === undefined ? outcomes.find(({ verdict }) => verdict === "warned") : undefined;
  const shown = decisive ?? warned;
  const ending = decisive?.ending;
  const failures = outcomes.flatMap((outcome) =>
    outcome.verdict === "cancelled"
      ? []
      : (withOutput ? outcome.failures : outcome.reported).map((failure) => ({
          script: outcome.script,
          failure,
        })),
  );
  const main = shown === undefined ? undefined : mainFailure(shown, withOutput);
  return compose(
    {
      outcome: decisive?.verdict ?? (stop === undefined ? successOf(outcomes) : "cancelled"),
      action: result.action,
      lead: decisive === undefined && stop === undefined ? leadOf(result) : "",
      script: shown?.script,
      failure: main ?? (shown === undefined ? stop : undefined),
      first: shown && differentFirst(shown),
      output: shown === undefined || !withOutput ? "" : shown.output,
      status: ending?.how === "exited" ? ending.status : undefined,
      others: [
        ...failures.filter(({ failure }) => failure !== main),
        ...(facts.interruptions ?? []).flatMap(({ script, failure }) =>
          script === undefined ? [] : [{ script, failure }],
        ),
      ],
      counts: countOutcomes(outcomes),
      scripts: outcomes.map(endOf),
    },
    facts,
  );
}

function successOf(outcomes: readonly Outcome[]): Verdict {
  const shown = (["warned", "would-change", "undone"] as const).find((verdict) =>
    outcomes.some((outcome) => outcome.verdict === verdict),
  );
  return shown ?? "passed";
}

function leadOf(result: RunResult): string {
  return [describePrepared(result), ...describeChanges(result.outcomes)].join("; ");
}

/** The message while a script runs: all that is left of a run that SIGKILL ended. */
export function messageWhileRunning(script: string, facts: MessageFacts): string {
  const lead = `${showName(script)}: the container ended while it ran. If nothing else gives a reason, look for the OOM killer in the node's kernel log`;
  return compose({ ...NOTHING, outcome: "running", lead, script }, facts);
}

/** The message of a run in which nothing could start: the summary and every problem. */
export function messageOfRefusal(
  failure: Failure,
  problems: readonly Failure[],
  facts: MessageFacts,
): string {
  const [first = failure] = problems;
  const lead = problems.length === 0 ? "" : failure.cause;
  const others = problems.slice(1).map((problem) => ({ script: "", failure: problem }));
  return compose({ ...NOTHING, outcome: "not-started", lead, failure: first, others }, facts);
}

type Report = Omit<TerminationReport, "init" | "nodeImage">;

const NOTHING: Report = {
  action: "run",
  outcome: "not-started",
  lead: "",
  script: undefined,
  failure: undefined,
  status: undefined,
  first: undefined,
  output: "",
  others: [],
  counts: {},
  scripts: [],
};

function compose(report: Report, { init, nodeImage, budget }: MessageFacts): string {
  return formatTerminationMessage({ ...report, init, nodeImage }, budget);
}

function endOf({ script, verdict, durationMs, attempts }: Outcome): ScriptEnd {
  const end = { name: script, outcome: verdict, ms: durationMs };
  return attempts > 1 ? { ...end, attempts } : end;
}
