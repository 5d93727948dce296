import type { Config } from "./config.ts";
import type { Host } from "./host.ts";
import { createEventsReporter } from "./report/events.ts";
import type { Log } from "./report/log.ts";
import { createTerminationReporter } from "./report/termination-log.ts";
import type { CountsFile } from "./kubernetes/event-counts.ts";
import type { State } from "./record/state.ts";
import { budgetOf } from "../lib/contract/termination-message.ts";
import type { Conclusion, Emit } from "./run/events.ts";
import type { Stop } from "./run/stop.ts";
import { settlesWithin } from "./run/wait.ts";

/** How long the last events may take to post, in milliseconds. */
const EVENTS_BUDGET_MS = 5_000;

export type Reporters = {
  readonly emit: Emit;
  /** Reports how the run ends: in the log last, below everything that could not be done. */
  readonly conclude: (conclusion: Conclusion, stop: Stop) => Promise<void>;
  /** Resolves when the last event is posted, or init waits no longer for that. */
  readonly close: (stop: Stop) => Promise<void>;
};

/** What the reporters report, and where to. */
export type Reported = {
  readonly nodeImage: string | undefined;
  readonly log: Log;
  readonly state: State;
};

/** The reporters that the user chose, behind one function; none of them changes the verdict. */
export function openReporters(
  config: Config,
  { env, openCluster }: Host,
  { nodeImage, log, state }: Reported,
): Reporters {
  const { eventOutput } = config;
  const note = (text: string): void => log.report({ type: "note", text });
  const termination = createTerminationReporter({
    path: config.terminationLog,
    facts: { init: VERSION, nodeImage, budget: budgetOf(undefined) },
    withOutput: eventOutput === "tail",
    graceMs: config.graceMs,
    note,
  });
  const countsFile = countsFileIn(state);
  const events = createEventsReporter({ openCluster, eventOutput, countsFile, log: note });
  const isPosting = config.events === "auto" && Boolean(env["KUBERNETES_SERVICE_HOST"]);
  return {
    emit(event) {
      log.report(event);
      termination.report(event);
      if (isPosting) events.report(event);
    },
    async conclude(conclusion, stop) {
      await termination.conclude(conclusion, stop.requested);
      log.report(conclusion);
      if (isPosting) events.report(conclusion);
    },
    async close({ hurried }) {
      // Longer than they themselves take to give up, so that their line about it is written.
      await settlesWithin(events.close(EVENTS_BUDGET_MS), EVENTS_BUDGET_MS + 500, hurried);
      await termination.end();
    },
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
