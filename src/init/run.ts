import type { Log } from "./report/log.ts";
import { findHostRoot } from "../lib/linux/host-root.ts";
import { sharedEnvironment } from "./run/environment.ts";
import { adoptOrphans, keepReaping, killOnExit } from "./run/orphans.ts";
import { ownProcesses } from "./run/process.ts";
import { runSteps } from "./run/sequence.ts";
import { createStop, stopAfter, stopOnSignals, type Stop } from "./run/stop.ts";
import { exitStatusOf } from "./run/verdict.ts";
import { settlesWithin } from "./run/wait.ts";
import { createWorkDir } from "./run/work-dir.ts";
import { findNodeImage } from "./find-image.ts";
import type { Config } from "../cli/flags.ts";
import { openLog } from "./open-log.ts";
import { EVENTS_BUDGET_MS, openReporters, type Reporters } from "./open-reporters.ts";
import type { Environment } from "../cli/parse.ts";
import { findScripts, prepare, type Refusal } from "./prepare.ts";
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
  const status = await prepareAndRun(scriptsDir, config, environment, { log, stop });
  takeBackDeadline();
  await flush(drained(), status, config.graceMs, stop);
  return status;
}

type Surroundings = { readonly log: Log; readonly stop: Stop };

async function prepareAndRun(
  scriptsDir: string,
  config: Config,
  environment: Environment,
  { log, stop }: Surroundings,
): Promise<number> {
  const tell = (text: string): void => log.report({ type: "note", text });
  const env = { ...environment, PATH: searchPathOfScripts(environment["PATH"]) };
  const hostRoot = findHostRoot();
  const found = findScripts(scriptsDir, env.PATH);
  if (!found.ok) return refuse(found.error);
  const { scripts } = found.value;
  const lookUp = findNodeImage(config, env, hostRoot, scripts, tell);
  if (!(await settlesWithin(lookUp, Infinity, stop.requested))) return endBeforeStart();
  const image = await lookUp;
  if (!image.ok) return refuse({ problems: [], failure: image.error });
  const nodeImage = image.value;
  const { openRecord } = await import("./record/recorder.ts");
  const runId = crypto.randomUUID();
  const record = await openRecord(config.stateDir, tell, stop.requested);
  const prepared = prepare(scripts, { nodeImage, hostRoot }, config, record.history);
  if (!prepared.ok) return refuse(prepared.error);
  const { steps, facts, notes } = prepared.value;
  for (const note of notes) tell(note);
  const recorder = await record.begin(facts, VERSION);
  const running = openReporters(config, { log, env, hostRoot, nodeImage });
  const adopted = adoptOrphans();
  if (!adopted.ok) tell(`cannot end what scripts leave in the background: ${adopted.error}`);
  keepReaping(ownProcesses);
  killOnExit(ownProcesses);
  const workDir = createWorkDir();
  if (workDir === undefined) tell(NO_WORK_DIR);
  else process.on("exit", workDir.remove);
  const result = await runSteps(
    steps,
    {
      ...config,
      env: sharedEnvironment(env, facts, runId),
      stop,
      recorder,
      workDir: workDir?.path,
    },
    {
      emit: running.emit,
      writerOf: log.writerOf,
      // A reader that has stopped reading may cost the order of lines, never the run.
      flushed: async (script) => {
        await settlesWithin(log.flushed(script), Math.max(config.graceMs, FLUSH_MS), stop.hurried);
      },
    },
  );
  await recorder.finished(result);
  await closeReporters(running, stop);
  return exitStatusOf(result);

  async function refuse(refusal: Refusal): Promise<number> {
    const reporters = openReporters(config, { log, env, hostRoot, nodeImage: config.nodeImage });
    reporters.emit({ type: "run-refused", ...refusal });
    await closeReporters(reporters, stop);
    return NOTHING_STARTED;
  }

  function endBeforeStart(): number {
    const nothing = {
      outcomes: [],
      stoppedBy: stop.reason(),
      startedAt: Date.now(),
      durationMs: 0,
    };
    const { emit } = openReporters(config, { log, env, hostRoot, nodeImage: undefined });
    emit({ type: "run-ended", result: nothing });
    return exitStatusOf(nothing);
  }
}

/** Longer than they themselves take to give up, so that their line about it is written. */
async function closeReporters({ close }: Reporters, stop: Stop): Promise<void> {
  await settlesWithin(close(), EVENTS_BUDGET_MS + 500, stop.hurried);
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
