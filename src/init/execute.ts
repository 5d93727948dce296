import type { Config } from "./config.ts";
import type { Ready } from "./get-ready.ts";
import { helperPids } from "./helper/spawn.ts";
import { FLUSH_MS } from "./open-log.ts";
import type { Log } from "./report/log.ts";
import type { Emit, RunResult } from "./run/events.ts";
import { RUN_ID_VARIABLE } from "./run/environment.ts";
import { createScriptProcesses } from "./run/script-processes.ts";
import { runSteps } from "./run/sequence.ts";
import type { Stop } from "./run/stop.ts";
import { settlesWithin } from "./run/wait.ts";
import { createWorkDir } from "./run/work-dir.ts";

/** Of the grace, within which the verdict is reported also if the disks of record and message hang. */
const FINISH_SHARE = 0.6;

/** Where a run reports to. */
export type Reporting = {
  readonly log: Log;
  readonly note: (text: string) => void;
  readonly emit: Emit;
};

/** Runs the scripts, ends what they leave behind, and records it. */
export async function execute(
  { steps, env, recorder }: Ready,
  config: Config,
  stop: Stop,
  { log, note, emit }: Reporting,
): Promise<RunResult> {
  const processes = createScriptProcesses(
    `${RUN_ID_VARIABLE}=${env.users[RUN_ID_VARIABLE]}`,
    helperPids,
  );
  setInterval(processes.reapOrphans, 1_000);
  process.on("exit", processes.close);
  const workDir = createWorkDir();
  if (workDir === undefined) note(NO_WORK_DIR);
  else process.on("exit", workDir.remove);
  const result = await runSteps(
    steps,
    { ...config, env, stop, recorder, processes, workDir: workDir?.path },
    {
      emit,
      writerOf: log.writerOf,
      // A reader that has stopped reading may cost the order of lines, never the run.
      flushed: async (script) => {
        await settlesWithin(log.flushed(script), Math.max(config.graceMs, FLUSH_MS), stop.hurried);
      },
    },
  );
  const ms = Math.max(config.graceMs, FLUSH_MS) * FINISH_SHARE;
  await recorder.finished(result, { ms, hurry: stop.requested });
  return result;
}

const NO_WORK_DIR =
  "cannot give scripts a TERMINATION_MESSAGE_PATH: no directory for temporary files is writable; mount an emptyDir at /tmp";
