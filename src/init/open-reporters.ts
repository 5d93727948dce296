import type { Config } from "./config.ts";
import type { Host } from "./host.ts";
import { createClusterReporter } from "./report/cluster.ts";
import type { Log } from "./report/log.ts";
import { createTerminationReporter } from "./report/termination-log.ts";
import type { CountsFile } from "./kubernetes/event-counts.ts";
import type { Interruption } from "./run/events.ts";
import type { State } from "./record/state.ts";
import { budgetOf } from "../lib/contract/termination-message.ts";
import type { Conclusion, Emit } from "./run/events.ts";
import type { Stop } from "./run/stop.ts";
import { settlesWithin } from "./run/wait.ts";

/** How long the last calls to the API server may take, in milliseconds. */
const CLUSTER_BUDGET_MS = 5_000;

/** Of the grace, once the run is to end. */
const CLUSTER_SHARE = 0.25;

export type Reporters = {
  readonly emit: Emit;
  /** Reports how the run ends: in the log last, below everything that could not be done. */
  readonly conclude: (conclusion: Conclusion, stop: Stop) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** What the reporters report, and where to. */
export type Reported = {
  readonly nodeImage: string | undefined;
  readonly log: Log;
  readonly state: State;
  readonly interruptions: readonly Interruption[];
};

/** The reporters that the user chose, behind one function; none of them changes the verdict. */
export function openReporters(
  config: Config,
  { env, openCluster }: Host,
  { nodeImage, log, state, interruptions }: Reported,
): Reporters {
  const note = (text: string): void => log.report({ type: "note", text });
  const termination = createTerminationReporter({
    path: config.terminationLog,
    facts: { init: VERSION, nodeImage, budget: budgetOf(undefined), interruptions },
    withOutput: config.eventOutput === "tail",
    graceMs: config.graceMs,
    note,
  });
  const cluster = createClusterReporter({
    ...config,
    env,
    openCluster,
    countsFile: countsFileIn(state),
    log: note,
  });
  for (const { script, failure } of interruptions) {
    if (script !== undefined) cluster.report({ type: "script-interrupted", script, failure });
  }
  return {
    emit(event) {
      log.report(event);
      termination.report(event);
      cluster.report(event);
    },
    async conclude(conclusion, { requested, hurried }) {
      await termination.conclude(conclusion, requested);
      cluster.report(conclusion);
      const budgetMs = requested.aborted
        ? Math.min(CLUSTER_BUDGET_MS, config.graceMs * CLUSTER_SHARE)
        : CLUSTER_BUDGET_MS;
      // Longer than it itself takes to end, so that its line about it is logged.
      await settlesWithin(cluster.close(budgetMs), budgetMs + 500, hurried);
      log.report(conclusion);
    },
    close: async () => termination.end(),
  };
}

/** events.json of the state directory, which the helper alone touches. */
function countsFileIn(state: State): CountsFile {
  const name = "events.json";
  return {
    read: async () => (await state.ask("load", { name }))?.answer,
    write: (text) => state.post("replace", { name, text }),
  };
}
