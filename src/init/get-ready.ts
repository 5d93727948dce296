import type { Config } from "./config.ts";
import { findNodeImage } from "./find-image.ts";
import type { Host } from "./host.ts";
import type { Step } from "./plan/plan.ts";
import { findScripts, prepare, type Refusal } from "./prepare.ts";
import type { Recorder } from "./record/recorder.ts";
import { sharedEnvironment } from "./run/environment.ts";
import type { Stop } from "./run/stop.ts";
import { settlesWithin } from "./run/wait.ts";

/** A run to do. */
export type Ready = {
  readonly how: "ready";
  readonly nodeImage: string | undefined;
  readonly steps: readonly Step[];
  /** The environment that all scripts share. */
  readonly env: Readonly<Record<string, string>>;
  readonly recorder: Recorder;
};

/** Why there is none: something is wrong, or a signal or the run's deadline came first. */
export type NotReady = { readonly nodeImage: string | undefined } & (
  | { readonly how: "refused"; readonly refusal: Refusal }
  | { readonly how: "stopped" }
);

/**
 * Finds the scripts, the node image and what earlier runs did, and decides what to run. It changes
 * nothing on the host but the state directory, which no other run may use from then on.
 * @param note reports what a person should know
 */
export async function getReady(
  config: Config,
  host: Host,
  stop: Stop,
  note: (text: string) => void,
): Promise<Ready | NotReady> {
  const found = findScripts(config.scripts, host.env.PATH);
  if (!found.ok) return refuse(found.error, config.nodeImage);
  const { scripts } = found.value;
  const lookUp = findNodeImage(config, host, scripts, note);
  if (!(await settlesWithin(lookUp, Infinity, stop.requested))) {
    return { how: "stopped", nodeImage: undefined };
  }
  const image = await lookUp;
  if (!image.ok) return refuse({ problems: [], failure: image.error }, undefined);
  const nodeImage = image.value;
  const { openRecord } = await import("./record/recorder.ts");
  const record = await openRecord(config.stateDir, note, stop.requested);
  const { hostRoot } = host;
  const prepared = prepare(scripts, { nodeImage, hostRoot }, config, record.history);
  if (!prepared.ok) return refuse(prepared.error, nodeImage);
  const { steps, facts, notes } = prepared.value;
  notes.forEach(note);
  const recorder = await record.begin(facts, VERSION);
  const env = sharedEnvironment(host.env, facts, crypto.randomUUID());
  return { how: "ready", nodeImage, steps, env, recorder };
}

function refuse(refusal: Refusal, nodeImage: string | undefined): NotReady {
  return { how: "refused", nodeImage, refusal };
}
