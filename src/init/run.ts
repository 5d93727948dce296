import type { Environment } from "../lib/environment.ts";
import { EXIT } from "../lib/exit-status.ts";
import type { Config } from "./config.ts";
import { execute } from "./execute.ts";
import { getReady, type NotReady } from "./get-ready.ts";
import { findHost } from "./host.ts";
import { openLog } from "./open-log.ts";
import { openReporters } from "./open-reporters.ts";
import type { Emit } from "./run/events.ts";
import { createStop, stopAfter, stopOnSignals, type Stop } from "./run/stop.ts";
import { exitStatusOf } from "./run/verdict.ts";

/** `init run`: prepares, runs, reports; resolves to the exit status. */
export async function run(config: Config, environment: Environment): Promise<number> {
  const stop = createStop();
  stopOnSignals(stop);
  const takeBackDeadline = stopAfter(stop, config.totalTimeoutMs);
  const { log, note, flush } = openLog(config, environment);
  const host = findHost(environment, note);

  const ready = await getReady(config, host, stop, note);
  const { emit, close } = openReporters(config, host, ready.nodeImage, log);
  const status =
    ready.how === "ready"
      ? exitStatusOf(await execute(ready, config, stop, { log, note, emit }))
      : reportNotReady(ready, stop, emit);

  await close(stop);
  takeBackDeadline();
  await flush(status, stop);
  return status;
}

function reportNotReady(notReady: NotReady, stop: Stop, emit: Emit): number {
  if (notReady.how === "refused") {
    emit({ type: "run-refused", ...notReady.refusal });
    return EXIT.cannot;
  }
  const startedAt = Date.now();
  const result = { outcomes: [], stoppedBy: stop.reason(), startedAt, durationMs: 0 };
  emit({ type: "run-ended", result });
  return exitStatusOf(result);
}
