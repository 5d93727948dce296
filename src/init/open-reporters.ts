import { createEventsReporter } from "./report/events.ts";
import type { Log } from "./report/log.ts";
import { createTerminationReporter } from "./report/termination-log.ts";
import { budgetOf } from "../lib/contract/termination-message.ts";
import type { Emit } from "./run/events.ts";
import type { Config } from "../cli/flags.ts";
import type { Environment } from "../cli/parse.ts";

/** How long the last events may take to post, in milliseconds. */
export const EVENTS_BUDGET_MS = 5_000;

export type Reporters = {
  readonly emit: Emit;
  /** Resolves when the last event is posted, or given up. */
  readonly close: () => Promise<void>;
};

type Surroundings = {
  readonly log: Log;
  readonly env: Environment;
  readonly hostRoot: string;
  readonly nodeImage: string | undefined;
};

/** The reporters that the user chose, behind one function; none of them changes the verdict. */
export function openReporters(
  config: Config,
  { log, env, hostRoot, nodeImage }: Surroundings,
): Reporters {
  const { eventOutput, stateDir } = config;
  const tell = (text: string): void => log.report({ type: "note", text });
  const tellTermination = createTerminationReporter({
    path: config.terminationLog,
    facts: { init: VERSION, nodeImage, budget: budgetOf(undefined) },
    withOutput: eventOutput === "tail",
    onFailure: tell,
  });
  const events = createEventsReporter({ env, hostRoot, eventOutput, stateDir, log: tell });
  return {
    emit(event) {
      log.report(event);
      tellTermination(event);
      if (config.events === "auto") events.report(event);
    },
    close: () => events.close(EVENTS_BUDGET_MS),
  };
}
