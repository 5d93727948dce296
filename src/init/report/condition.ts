import type {
  ConditionOptions,
  ConditionReporter,
  Verdict,
} from "../kubernetes/report-condition.ts";
import type { RunEvent } from "../run/events.ts";
import { decisiveOutcome, exitStatusOf } from "../run/verdict.ts";
import { showName } from "../../lib/text/show.ts";
import type { EventsReporter } from "./events.ts";
import { failureOfStop, mainFailure, summarize } from "./wording.ts";

export type NodeConditionOptions = ConditionOptions & {
  /** Whether a script's last output may be quoted (--event-output). */
  readonly withOutput: boolean;
};

/** Reports the start of the scripts and the verdict as a condition of the node. */
export function createNodeConditionReporter(options: NodeConditionOptions): EventsReporter {
  let opened: Promise<ConditionReporter> | undefined;
  const withReporter = (use: (reporter: ConditionReporter) => void): void => {
    opened ??= open(options);
    void opened.then(use);
  };
  return {
    report(event) {
      if (event.type === "run-started") withReporter((reporter) => reporter.begin());
      const verdict = verdictIn(event, options.withOutput);
      if (verdict !== undefined) withReporter((reporter) => reporter.decide(verdict));
    },
    close: async (budgetMs) => (await opened)?.close(budgetMs),
  };
}

async function open(options: ConditionOptions): Promise<ConditionReporter> {
  const { createConditionReporter } = await import("../kubernetes/report-condition.ts");
  return createConditionReporter(options);
}

/** A run that a signal ended has none: the next one decides. */
function verdictIn(event: RunEvent, withOutput: boolean): Verdict | undefined {
  if (event.type === "run-refused") {
    const [failure = event.failure] = event.problems;
    return { isPrepared: false, failure, script: undefined };
  }
  if (event.type !== "run-ended" || event.result.stoppedBy?.how === "signal") return undefined;
  const { result } = event;
  if (exitStatusOf(result) === 0) {
    return { isPrepared: true, summary: summarize(result, withOutput) };
  }
  const decisive = decisiveOutcome(result.outcomes);
  const failure = decisive && mainFailure(decisive, withOutput);
  if (decisive !== undefined && failure !== undefined) {
    return { isPrepared: false, failure, script: showName(decisive.script) };
  }
  return (
    result.stoppedBy && {
      isPrepared: false,
      failure: failureOfStop(result.stoppedBy),
      script: undefined,
    }
  );
}
