import { readPlacement, type Placement } from "./placement.ts";
import type { Labels } from "./selector.ts";
import {
  countAt,
  lineAt,
  objectAt,
  objectsAt,
  rawAt,
  textsAt,
  timeAt,
  type Json,
} from "./untrusted.ts";

/** What is kept of a DaemonSet. */
export type DaemonSetFacts = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Labels of the pods that it makes. */
  readonly podLabels: Labels;
  /** How many pods it is to have; undefined while its controller has not looked at it as it is now. */
  readonly desired: number | undefined;
  readonly initContainers: readonly string[];
  readonly placement: Placement;
};

/** That pods of a DaemonSet could not be made, and why. */
export type Refusal = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly why: string;
  readonly at: number;
};

/** What is kept of a DaemonSet's JSON; undefined if it has no name. */
export function readDaemonSet(daemonSet: Json): DaemonSetFacts | undefined {
  const metadata = objectAt(daemonSet, "metadata");
  const template = objectAt(daemonSet, "spec", "template");
  const spec = objectAt(template, "spec");
  const name = lineAt(metadata, "name");
  if (name === undefined) return undefined;
  return {
    namespace: lineAt(metadata, "namespace") ?? "default",
    name,
    uid: rawAt(metadata, "uid") ?? "",
    podLabels: textsAt(objectAt(template, "metadata"), "labels"),
    desired: desiredOf(daemonSet, metadata),
    initContainers: objectsAt(spec, "initContainers").flatMap(
      (container) => lineAt(container, "name") ?? [],
    ),
    placement: readPlacement(spec),
  };
}

/** The status is of an older template, or of none, until its generation is that of the object. */
function desiredOf(daemonSet: Json, metadata: Json | undefined): number | undefined {
  const status = objectAt(daemonSet, "status");
  const generation = countAt(metadata, "generation") ?? 0;
  return (countAt(status, "observedGeneration") ?? 0) < generation
    ? undefined
    : countAt(status, "desiredNumberScheduled");
}

/** What an event says of a refused pod; undefined if it is another event. */
export function readRefusal(event: Json): Refusal | undefined {
  const about = objectAt(event, "involvedObject");
  const message = lineAt(event, "message");
  const isRefusal =
    rawAt(event, "reason") === "FailedCreate" && rawAt(about, "kind") === "DaemonSet";
  if (!isRefusal || message === undefined) return undefined;
  return {
    namespace: lineAt(about, "namespace") ?? "default",
    name: lineAt(about, "name") ?? "",
    uid: rawAt(about, "uid") ?? "",
    why: reasonIn(message),
    at:
      timeAt(objectAt(event, "series"), "lastObservedTime") ??
      timeAt(event, "lastTimestamp") ??
      timeAt(event, "eventTime") ??
      timeAt(event, "firstTimestamp") ??
      0,
  };
}

/** Without what is the same in all of them, and without the name of a pod that does not exist. */
function reasonIn(message: string): string {
  return message
    .replace(/^\(combined from similar events\): /, "")
    .replace(/^Error creating: /, "")
    .replace(/^pods "[^"]*" is forbidden: /, "");
}
