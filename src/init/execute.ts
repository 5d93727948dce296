import type { Config } from "./config.ts";
import type { Ready } from "./get-ready.ts";
import { helperPids } from "./helper/spawn.ts";
import { FLUSH_MS } from "./open-log.ts";
import type { Log } from "./report/log.ts";
import type { Emit, RunResult } from "./run/events.ts";
import { RUN_ID_VARIABLE } from "./run/environment.ts";
import type { Outcome } from "./run/outcome.ts";
import { createScriptProcesses } from "./run/script-processes.ts";
import type { Redaction } from "./run/secrets.ts";
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
  { steps, env, recorder, interruptions, action }: Ready,
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
  else {
    process.on("exit", workDir.remove);
    // When the first script has started, which nothing holds up.
    setTimeout(workDir.sweep, 0);
  }
  let loaded: Promise<Redaction> | undefined;
  const redaction = (): Promise<Redaction> =>
    (loaded ??= import("./run/secrets.ts").then((secrets) => secrets.createRedaction(env.users)));
  const interrupted = new Set(interruptions.flatMap(({ script }) => script ?? []));
  const result = await runSteps(
    steps,
    {
      ...config,
      action,
      env,
      interrupted,
      stop,
      recorder,
      processes,
      redaction,
      workDir: workDir?.path,
    },
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
  const outcomes = await withoutSecrets(result.outcomes, redaction);
  await recorder.finished({ ...result, outcomes }, { ms, hurry: stop.requested });
  return result;
}

/** What scripts printed that passed is kept too, in the record alone. */
async function withoutSecrets(
  outcomes: readonly Outcome[],
  redaction: () => Promise<Redaction>,
): Promise<readonly Outcome[]> {
  if (outcomes.every(({ tail }) => tail.stdout.length + tail.stderr.length === 0)) return outcomes;
  const { tail: redactTail } = await redaction();
  return outcomes.map((outcome) => ({ ...outcome, tail: redactTail(outcome.tail) }));
}

const NO_WORK_DIR =
  "cannot give scripts a TERMINATION_MESSAGE_PATH: no directory for temporary files is writable; mount an emptyDir at /tmp";
