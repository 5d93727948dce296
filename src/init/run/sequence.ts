import type { Script } from "../discover/script.ts";
import { batchesOf, type Step } from "../plan/plan.ts";
import { runScript, type Place, type RunContext } from "./attempt.ts";
import type { Emit, RunResult } from "./events.ts";
import { hold, type Held } from "./hold.ts";
import { createCrowd, mostAtOnce } from "./crowd.ts";
import { endLeftovers } from "./end-processes.ts";
import { inSeries } from "./first-failure.ts";
import type { Outcome } from "./outcome.ts";
import type { WriteOutput } from "./process.ts";
import { decisiveOutcome } from "./verdict.ts";
import { newPathIn } from "./work-dir.ts";

/** What a run reports to, and how it passes a script's output on. */
export type RunOutputs = {
  readonly emit: Emit;
  readonly writerOf: (script: Script) => WriteOutput;
  /** Resolves when a script's output is out, so that what is told next stands below it. */
  readonly flushed: (script: Script) => Promise<void>;
};

/** Runs the steps in order until one fails or the run is stopped. */
export async function runSteps(
  steps: readonly Step[],
  context: RunContext,
  outputs: RunOutputs,
): Promise<RunResult> {
  const startedAt = Date.now();
  const start = performance.now();
  outputs.emit({ type: "run-started", scripts: steps.map(({ script }) => script) });
  const outcomes: Outcome[] = [];
  let decisive: Outcome | undefined;
  for (const batch of batchesOf(steps)) {
    const ended = await runBatch(batch, reasonToCancel(decisive, context), context, outputs);
    // Nothing that a dry run starts relies on what failed: it shows every problem of the node.
    if (context.action !== "dry-run") decisive ??= decisiveOutcome(ended);
    outcomes.push(...ended);
  }
  const durationMs = Math.round(performance.now() - start);
  const { action } = context;
  return { action, outcomes, stoppedBy: context.stop.reason(), startedAt, durationMs };
}

/** Why nothing further may start; undefined if it may. */
function reasonToCancel(decisive: Outcome | undefined, { stop }: RunContext): string | undefined {
  const reason = stop.reason();
  if (reason !== undefined)
    return reason.how === "signal" ? `ended by ${reason.signal}` : "the run's deadline passed";
  return decisive === undefined ? undefined : `${decisive.script} ${decisive.verdict}`;
}

async function runBatch(
  batch: readonly Step[],
  cancel: string | undefined,
  context: RunContext,
  outputs: RunOutputs,
): Promise<readonly Outcome[]> {
  const [first] = batch;
  if (first !== undefined && batch.length === 1) {
    const { script } = first;
    const flush = (): Promise<void> => outputs.flushed(script);
    const write = outputs.writerOf(script);
    const live = { emit: outputs.emit, write, flush, isAlone: true, room: noRoom };
    return [await runStep(first, cancel, context, live)];
  }
  return runTogether(batch, cancel, context, outputs);
}

const noRoom = (): Promise<boolean> => Promise.resolve(false);

/** What waits of the output of one check, and of all that run side by side: it may be memory. */
const SPOOL_BYTES = 8 << 20;
const ALL_SPOOLS_BYTES = 32 << 20;

/** Up to `jobs` checks side by side; each is told whole, in order, the first one as it goes. */
async function runTogether(
  batch: readonly Step[],
  cancel: string | undefined,
  context: RunContext,
  outputs: RunOutputs,
): Promise<readonly Outcome[]> {
  const { workDir, jobs } = context;
  const isAlone = jobs === 1;
  const atOnce = Math.min(jobs, batch.length, mostAtOnce());
  const limit = Math.min(SPOOL_BYTES, Math.floor(ALL_SPOOLS_BYTES / atOnce));
  const places = batch.map((step) => {
    const { script } = step;
    const spool = { path: newPathIn(workDir, "output"), limit };
    const flushed = (): Promise<void> => outputs.flushed(script);
    const held = hold(outputs.emit, outputs.writerOf(script), flushed, spool);
    return { step, held, done: Promise.withResolvers<Outcome>() };
  });
  const crowd = createCrowd();
  const waiting = places.values();
  const workers = Array.from({ length: atOnce }, async () => {
    for (const { step, held, done } of waiting) {
      const reason = cancel ?? reasonToCancel(undefined, context);
      const place = { ...held, isAlone, room: crowd.room };
      done.resolve(await crowd.join(() => runStep(step, reason, context, place)));
    }
  });
  const outcomes: Outcome[] = [];
  for (const { held, done } of places) {
    await held.release();
    outcomes.push(await done.promise);
  }
  await Promise.all(workers);
  await endUnmarked(context, outputs);
  return outcomes;
}

/** What checks that ran side by side left behind, without their name in its environment. */
async function endUnmarked(
  { processes, graceMs, stop }: RunContext,
  { emit }: RunOutputs,
): Promise<void> {
  const { hurried } = stop;
  const request = { scope: "all", leader: undefined, graceMs, hurried } as const;
  const leftovers = await endLeftovers(processes, request);
  if (leftovers.length > 0) emit({ type: "leftovers-ended", leftovers });
}

async function runStep(
  { script, skip }: Step,
  cancel: string | undefined,
  context: RunContext,
  { flush, ...place }: Place & Pick<Held, "flush">,
): Promise<Outcome> {
  let outcome: Outcome;
  if (skip !== undefined) outcome = outcomeWithoutRun(script, "skipped", skip);
  else if (cancel !== undefined) outcome = outcomeWithoutRun(script, "cancelled", cancel);
  else outcome = await runRecorded(script, context, place);
  await flush();
  place.emit({ type: "script-ended", script, outcome });
  return outcome;
}

async function runRecorded(script: Script, context: RunContext, place: Place): Promise<Outcome> {
  context.recorder.started(script);
  const earlier = context.recorder.firstFailureOf(script);
  const outcome = inSeries(await runScript(script, context, place), earlier);
  context.recorder.ended(script, outcome);
  return outcome;
}

function outcomeWithoutRun(
  script: Script,
  verdict: "skipped" | "cancelled",
  reason: string,
): Outcome {
  return {
    script: script.name,
    verdict,
    ending: undefined,
    reason,
    startedAt: Date.now(),
    durationMs: 0,
    attempts: 0,
    failures: [],
    reported: [],
    changes: [],
    output: "",
    first: undefined,
    tail: { stdout: new Uint8Array(), stderr: new Uint8Array() },
  };
}
