import type { Environment } from "../lib/environment.ts";
import { EXIT } from "../lib/exit-status.ts";
import type { CHOICE } from "../lib/failure/topics/choice.ts";
import type { Config } from "./config.ts";
import { execute } from "./execute.ts";
import { getReady, type NotReady } from "./get-ready.ts";
import { findHost } from "./host.ts";
import { openLog } from "./open-log.ts";
import { openReporters } from "./open-reporters.ts";
import { openState } from "./record/state.ts";
import type { Conclusion, RunResult } from "./run/events.ts";
import { createStop, stopAfter, stopOnSignals, type Stop } from "./run/stop.ts";
import { exitStatusOf } from "./run/verdict.ts";

/** `init run`: prepares, runs, reports; resolves to the exit status. */
export async function run(config: Config, environment: Environment): Promise<number> {
  const stop = createStop();
  stopOnSignals(stop);
  const takeBackDeadline = stopAfter(stop, config.totalTimeoutMs);
  const { log, note, flush } = openLog(config, environment);
  // First, because its process starts while this one goes on.
  const state = openState(config.stateDir, note);
  const host = findHost(environment, note);

  const ready = await getReady(config, { host, state, stop, note });
  const { nodeImage } = ready;
  const interruptions = ready.how === "ready" ? ready.interruptions : [];
  const reported = { nodeImage, log, state, interruptions };
  const { emit, conclude, close } = openReporters(quietIf(config), host, reported);
  const conclusion =
    ready.how === "ready"
      ? endOf(await execute(ready, config, stop, { log, note, emit }))
      : endOfNotReady(ready, config, stop);
  await state.settle();
  await conclude(conclusion, stop);

  await close();
  state.release(isClean(conclusion));
  takeBackDeadline();
  const status = statusOf(conclusion);
  await flush(status, stop);
  await state.end();
  return status;
}

/** A glob of --only without a script is a mistake in the flags: the one that the directory shows. */
function statusOf(conclusion: Conclusion): number {
  if (conclusion.type === "run-ended") return exitStatusOf(conclusion.result);
  return conclusion.failure.code === ("NoScriptMatches" satisfies keyof typeof CHOICE)
    ? EXIT.usage
    : EXIT.cannot;
}

/** Whether every script that was ended has died. */
function isClean(conclusion: Conclusion): boolean {
  const outcomes = conclusion.type === "run-ended" ? conclusion.result.outcomes : [];
  return outcomes.every(({ ending }) => ending === undefined || !("died" in ending) || ending.died);
}

function endOf(result: RunResult): Conclusion {
  return { type: "run-ended", result };
}

/** A dry run leaves nothing in the cluster: neither an event nor a condition. */
function quietIf(config: Config): Config {
  return config.action === "dry-run"
    ? { ...config, events: "off", nodeCondition: undefined }
    : config;
}

function endOfNotReady(notReady: NotReady, { action }: Config, stop: Stop): Conclusion {
  if (notReady.how === "refused") return { type: "run-refused", ...notReady.refusal };
  const stoppedBy = stop.reason();
  return endOf({ action, outcomes: [], stoppedBy, startedAt: Date.now(), durationMs: 0 });
}
