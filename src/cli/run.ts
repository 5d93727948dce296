import { createTerminationReporter } from "../report/termination-log.ts";
import { sharedEnvironment } from "../run/environment.ts";
import type { RunEvent } from "../run/events.ts";
import { becomeSubreaper } from "../run/libc.ts";
import { runSteps } from "../run/sequence.ts";
import { createStop, stopAfter, stopOnSignals, type Stop } from "../run/stop.ts";
import { exitStatusOf } from "../run/verdict.ts";
import { settlesWithin } from "../run/wait.ts";
import { createWorkDir } from "../run/work-dir.ts";
import type { Config } from "./flags.ts";
import { openLog } from "./open-log.ts";
import type { Environment } from "./parse.ts";
import { prepare } from "./prepare.ts";
import { searchPathOfScripts } from "./search-path.ts";

const NOTHING_STARTED = 3;

/** The least time that output gets to leave a run which was ended. */
const FLUSH_MS = 1_000;

/** `init run`: runs the scripts of a directory; resolves to the exit status. */
export async function run(
  scriptsDir: string,
  config: Config,
  environment: Environment,
): Promise<number> {
  const stop = createStop();
  stopOnSignals(stop);
  const takeBackDeadline = stopAfter(stop, config.totalTimeoutMs);
  const { log, drained } = openLog(config, environment);
  const status = await tellAndRun();
  takeBackDeadline();
  await flush(drained(), status, config.graceMs, stop);
  return status;

  async function tellAndRun(): Promise<number> {
    const env = { ...environment, PATH: searchPathOfScripts(environment["PATH"]) };
    const prepared = prepare(scriptsDir, config, env.PATH);
    const tellTermination = createTerminationReporter({
      path: config.terminationLog,
      facts: {
        init: VERSION,
        nodeImage: prepared.ok ? prepared.value.facts.nodeImage : config.nodeImage,
      },
      withOutput: config.eventOutput === "tail",
      onFailure: (text) => log.report({ type: "note", text }),
    });
    const emit = (event: RunEvent): void => {
      log.report(event);
      tellTermination(event);
    };
    if (!prepared.ok) {
      emit({ type: "run-refused", ...prepared.error });
      return NOTHING_STARTED;
    }
    becomeSubreaper();
    const workDir = createWorkDir();
    if (workDir === undefined) emit({ type: "note", text: NO_WORK_DIR });
    const { steps, facts } = prepared.value;
    const { timeoutMs, graceMs, jobs } = config;
    const result = await runSteps(
      steps,
      {
        env: sharedEnvironment(env, facts),
        timeoutMs,
        graceMs,
        jobs,
        stop,
        workDir: workDir?.path,
      },
      {
        emit,
        writerOf: log.writerOf,
        // A reader that has stopped reading may cost the order of lines, never the run.
        flushed: async (script) => {
          await settlesWithin(log.flushed(script), Math.max(graceMs, FLUSH_MS), stop.hurried);
        },
      },
    );
    workDir?.remove();
    return exitStatusOf(result);
  }
}

const NO_WORK_DIR =
  "cannot give scripts a TERMINATION_MESSAGE_PATH: no directory for temporary files is writable; mount an emptyDir at /tmp";

/** Lets all output leave; a run that was ended waits no longer for a reader than a script would get. */
async function flush(
  drained: Promise<void>,
  status: number,
  graceMs: number,
  stop: Stop,
): Promise<void> {
  const wasEnded = status === 4 || stop.requested.aborted;
  if (!wasEnded && (await settlesWithin(drained, Infinity, stop.requested))) return;
  await settlesWithin(drained, Math.max(graceMs, FLUSH_MS), stop.hurried);
}
