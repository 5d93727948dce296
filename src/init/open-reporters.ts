import type { Config } from "./config.ts";
import type { Host } from "./host.ts";
import { createEventsReporter } from "./report/events.ts";
import type { Log } from "./report/log.ts";
import { createTerminationReporter } from "./report/termination-log.ts";
import { budgetOf } from "../lib/contract/termination-message.ts";
import type { Emit } from "./run/events.ts";
import type { Stop } from "./run/stop.ts";
import { settlesWithin } from "./run/wait.ts";

/** How long the last events may take to post, in milliseconds. */
const EVENTS_BUDGET_MS = 5_000;

export type Reporters = {
  readonly emit: Emit;
  /** Resolves when the last event is posted, or given up. */
  readonly close: (stop: Stop) => Promise<void>;
};

/** The reporters that the user chose, behind one function; none of them changes the verdict. */
export function openReporters(
  config: Config,
  { env, openCluster }: Host,
  nodeImage: string | undefined,
  log: Log,
): Reporters {
  const { eventOutput, stateDir } = config;
  const note = (text: string): void => log.report({ type: "note", text });
  const writeTermination = createTerminationReporter({
    path: config.terminationLog,
    facts: { init: VERSION, nodeImage, budget: budgetOf(undefined) },
    withOutput: eventOutput === "tail",
    onFailure: note,
  });
  const events = createEventsReporter({ openCluster, eventOutput, stateDir, log: note });
  const isPosting = config.events === "auto" && Boolean(env["KUBERNETES_SERVICE_HOST"]);
  return {
    emit(event) {
      log.report(event);
      writeTermination(event);
      if (isPosting) events.report(event);
    },
    async close({ hurried }) {
      // Longer than they themselves take to give up, so that their line about it is written.
      await settlesWithin(events.close(EVENTS_BUDGET_MS), EVENTS_BUDGET_MS + 500, hurried);
    },
  };
}
