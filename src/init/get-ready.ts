import type { Config } from "./config.ts";
import { describeIgnored } from "./discover/data.ts";
import { lineOfRemark } from "./discover/writable.ts";
import { findNodeImage } from "./find-image.ts";
import type { Host } from "./host.ts";
import type { Step } from "./plan/plan.ts";
import { choose, type Chosen } from "./plan/choose.ts";
import { withoutChanges } from "./plan/dry-run.ts";
import { ok, type Result } from "../lib/result.ts";
import { failureOf, type Failure } from "../lib/failure/failure.ts";
import { RECORD } from "../lib/failure/topics/record.ts";
import { findScripts, prepare, type Prepared, type Refusal } from "./prepare.ts";
import type { Holder } from "./record/lock-file.ts";
import type { Interruption } from "./run/events.ts";
import { noteOf } from "./report/wording.ts";
import { describeRun, lookAtRecord, openRecord, readKernel } from "./record/open-record.ts";
import { beginRecord, createRecorder, NO_RECORDER, type Recorder } from "./record/recorder.ts";
import { createContentOf, type ContentOf } from "./record/content.ts";
import { EMPTY_HISTORY, type History } from "./record/history.ts";
import type { State } from "./record/state.ts";
import { scriptEnvironments, type Action, type ScriptEnvironments } from "./run/environment.ts";
import type { Stop } from "./run/stop.ts";
import { settlesWithin } from "./run/wait.ts";

/** A run to do. */
export type Ready = {
  readonly how: "ready";
  readonly nodeImage: string | undefined;
  readonly action: Action;
  readonly steps: readonly Step[];
  /** The environments that scripts share. */
  readonly env: ScriptEnvironments;
  readonly recorder: Recorder;
  /** What did not come to its end in earlier runs; the log has it already. */
  readonly interruptions: readonly Interruption[];
};

/** Why there is none: something is wrong, or a signal or the run's deadline came first. */
export type NotReady = { readonly nodeImage: string | undefined } & (
  | { readonly how: "refused"; readonly refusal: Refusal }
  | { readonly how: "stopped" }
);

/** What a run starts from. */
export type Start = {
  readonly host: Host;
  readonly state: State;
  readonly stop: Stop;
  /** Reports what a person should know. */
  readonly note: (text: string) => void;
};

/**
 * Finds the scripts, the node image and what earlier runs did, and decides what to run. It changes
 * nothing on the host but the state directory, which no other run may use from then on.
 */
export async function getReady(config: Config, start: Start): Promise<Ready | NotReady> {
  const { host, stop, note } = start;
  const found = findScripts(config.scripts, host.env.PATH);
  if (!found.ok) return refuse(found.error, config.nodeImage);
  const { scripts, skipped, remarks } = found.value;
  remarks.map(lineOfRemark).forEach(note);
  const ignored = describeIgnored(skipped);
  if (ignored !== undefined) note(ignored);
  const wanted = choose(scripts, config);
  if (wanted.refusal !== undefined)
    return refuse({ problems: [], failure: wanted.refusal }, config.nodeImage);
  const chosen = config.action === "dry-run" ? withoutChanges(wanted) : wanted;
  for (const remark of chosen.remarks) note(`warning: ${noteOf(remark)}`);
  const left = scripts.filter(({ name }) => !chosen.skips.has(name));
  // An undo goes by the record: no script needs the image for it.
  const lookUp =
    config.action === "undo"
      ? Promise.resolve(ok(config.nodeImage))
      : findNodeImage(config, host, left, note);
  if (!(await settlesWithin(lookUp, Infinity, stop.requested))) return STOPPED;
  const image = await lookUp;
  if (!image.ok) return refuse({ problems: [], failure: image.error }, undefined);
  const nodeImage = image.value;
  const holder = describeRun(crypto.randomUUID());
  const opened = await historyFor(config, holder, start);
  if (!opened.ok) return refuse({ problems: [], failure: opened.error }, nodeImage);
  if (stop.requested.aborted) return STOPPED;
  const { action } = config;
  if (action === "undo" && start.state.isOff())
    return refuse(withoutRecord(start.state), nodeImage);
  const contentOf = createContentOf(config.scripts, skipped, host.env);
  const facts = { nodeImage, hostRoot: host.hostRoot, action, contentOf } as const;
  const prepared = prepare(chosen, facts, config, opened.value);
  if (!prepared.ok) return refuse(prepared.error, nodeImage);
  prepared.value.notes.forEach(note);
  return begin(
    { chosen, prepared: prepared.value, history: opened.value, holder, contentOf },
    config,
    start,
  );
}

/** What earlier runs recorded. A dry run reads it, and neither makes a directory nor waits for other runs. */
async function historyFor(
  { action }: Config,
  holder: Holder,
  { state, note, stop }: Start,
): Promise<Result<History, Failure>> {
  return action === "dry-run"
    ? ok(await lookAtRecord(state, note))
    : openRecord(state, holder, note, stop.requested);
}

type ToBegin = {
  readonly chosen: Chosen;
  readonly prepared: Prepared;
  readonly history: History;
  readonly holder: Holder;
  readonly contentOf: ContentOf;
};

/** Records that the run begins. Where that is not possible, nothing counts that the record says. */
async function begin(
  { chosen, prepared, history, holder, contentOf }: ToBegin,
  config: Config,
  { host, state }: Start,
): Promise<Ready | NotReady> {
  const { nodeImage, action } = prepared.facts;
  const run = {
    run: holder.run,
    directory: config.scripts,
    scripts: prepared.steps.flatMap(({ script, skip }) =>
      skip === undefined ? [script.name] : [],
    ),
    nodeImage: nodeImage ?? null,
    kernel: readKernel(),
    bootId: holder.bootId,
  };
  if (action === "dry-run") {
    const { steps, facts, interruptions } = prepared;
    const env = scriptEnvironments(host.env, facts, holder.run);
    return { how: "ready", nodeImage, steps, env, recorder: NO_RECORDER, interruptions, action };
  }
  const hasBegun = await beginRecord(state, run, history);
  // What an undo does has to be known to the next one.
  if (!hasBegun && action === "undo") return refuse(withoutRecord(state), nodeImage);
  const again = hasBegun
    ? ok(prepared)
    : prepare(chosen, { ...prepared.facts, contentOf }, config, EMPTY_HISTORY);
  if (!again.ok) return refuse(again.error, nodeImage);
  const { steps, facts } = again.value;
  const { firstFailures, applied } = hasBegun ? history : EMPTY_HISTORY;
  const env = scriptEnvironments(host.env, facts, holder.run);
  return {
    how: "ready",
    nodeImage,
    steps,
    env,
    recorder: createRecorder(state, run, { contentOf, firstFailures, applied, action }),
    interruptions: prepared.interruptions,
    action,
  };
}

const STOPPED: NotReady = { how: "stopped", nodeImage: undefined };

function refuse(refusal: Refusal, nodeImage: string | undefined): NotReady {
  return { how: "refused", nodeImage, refusal };
}

function withoutRecord({ directory }: State): Refusal {
  return { problems: [], failure: failureOf(RECORD, "UndoNeedsRecord", { directory }) };
}
