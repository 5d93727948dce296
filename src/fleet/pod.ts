import { redactShapes } from "../lib/text/redact.ts";
import { readPlacement, type Placement } from "./placement.ts";
import {
  cleanLine,
  countAt,
  lineAt,
  listAt,
  numberAt,
  objectAt,
  objectsAt,
  rawAt,
  timeAt,
  type Json,
} from "./untrusted.ts";
import { readOtherMessage, type OtherMessage } from "./other-message.ts";
import { readTerminationMessage, type InitMessage } from "./termination-message.ts";

/** What is kept of a pod: a few hundred bytes of its 12 KB. Times are milliseconds since the epoch. */
export type PodFacts = {
  readonly namespace: string;
  readonly name: string;
  /** The node it is on, or that the DaemonSet controller made it for. */
  readonly node: string | undefined;
  /** The DaemonSet that its owner reference names. That is free text: see owners.ts. */
  readonly owner: OwnerReference | undefined;
  readonly createdAt: number;
  readonly isDeleting: boolean;
  readonly phase: string;
  /** Of the pod as a whole, such as Evicted or NodeLost. */
  readonly why: Waiting;
  /** The condition Initialized, from which on no init container decides anything. */
  readonly isInitialized: boolean;
  /** Why it is not. */
  readonly uninitialized: string;
  /** Why no node takes it. */
  readonly unschedulable: string | undefined;
  /** When it was given to its node, or else made. */
  readonly waitsSince: number | undefined;
  /** Whether one of its main containers runs or has run. */
  readonly hasStarted: boolean;
  readonly images: readonly string[];
  /** In the order in which they run. */
  readonly initContainers: readonly InitContainer[];
};

export type OwnerReference = { readonly name: string; readonly uid: string };

export type InitContainer = {
  readonly name: string;
  /** A native sidecar (restartPolicy Always): it has to start and is not to end. */
  readonly isSidecar: boolean;
  readonly isStarted: boolean;
  readonly restarts: number;
  readonly waiting: Waiting | undefined;
  readonly runningSince: number | undefined;
  /** The run that ended last, now or before it waits or runs again. */
  readonly ended: EndedRun | undefined;
};

export type Waiting = { readonly reason: string; readonly message: string };

export type EndedRun = {
  /** Made by a preflight: nothing but a dry run is a success. */
  readonly isTrial?: true;
  /** undefined if kubelet gives no number that is one. */
  readonly status: number | undefined;
  readonly reason: string;
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
  /** undefined if the termination message is not init's. */
  readonly message: InitMessage | undefined;
  /** What is in such another message. */
  readonly other: OtherMessage;
};

/** What is kept of a pod's JSON; undefined if it has no name. */
export function readPod(pod: Json): PodFacts | undefined {
  const metadata = objectAt(pod, "metadata");
  const spec = objectAt(pod, "spec");
  const status = objectAt(pod, "status");
  const name = lineAt(metadata, "name");
  if (name === undefined) return undefined;
  const createdAt = timeAt(metadata, "creationTimestamp");
  const initialized = conditionOf(status, "Initialized");
  const scheduled = conditionOf(status, "PodScheduled");
  return {
    namespace: lineAt(metadata, "namespace") ?? "default",
    name,
    node: lineAt(spec, "nodeName") ?? nodeOfAffinity(spec),
    owner: readOwner(metadata),
    createdAt: createdAt ?? 0,
    isDeleting: rawAt(metadata, "deletionTimestamp") !== undefined,
    phase: rawAt(status, "phase") ?? "",
    why: waitingOf(status),
    isInitialized: rawAt(initialized, "status") === "True",
    uninitialized: lineAt(initialized, "message") ?? lineAt(initialized, "reason") ?? "",
    unschedulable: reasonUnscheduled(scheduled),
    waitsSince: timeAt(scheduled, "lastTransitionTime") ?? createdAt,
    hasStarted: objectsAt(status, "containerStatuses").some(hasRun),
    images: namedEntries(spec, "containers").flatMap((entry) => lineAt(entry, "image") ?? []),
    initContainers: readInitContainers(spec, status),
  };
}

/** Where the template of a pod's owner lets pods be, as far as the pod shows it. */
export function readPodPlacement(pod: Json): Placement {
  const spec = objectAt(pod, "spec");
  // The DaemonSet controller replaces the template's node affinity with the pod's node.
  return { ...readPlacement(spec), affinity: undefined };
}

/** The controller of a DaemonSet sets the node of each pod as an affinity, before it is scheduled. */
function nodeOfAffinity(spec: Json | undefined): string | undefined {
  const required = objectAt(
    spec,
    "affinity",
    "nodeAffinity",
    "requiredDuringSchedulingIgnoredDuringExecution",
  );
  const [term] = objectsAt(required, "nodeSelectorTerms");
  const field = objectsAt(term, "matchFields").find(
    (entry) => rawAt(entry, "key") === "metadata.name",
  );
  const [node] = listAt(field, "values");
  return typeof node === "string" ? cleanLine(node) || undefined : undefined;
}

function readOwner(metadata: Json | undefined): OwnerReference | undefined {
  const owner = objectsAt(metadata, "ownerReferences").find(
    (entry) => entry["controller"] === true,
  );
  const isDaemonSet =
    rawAt(owner, "kind") === "DaemonSet" && rawAt(owner, "apiVersion")?.startsWith("apps/");
  const name = lineAt(owner, "name");
  return isDaemonSet === true && name !== undefined
    ? { name, uid: rawAt(owner, "uid") ?? "" }
    : undefined;
}

function conditionOf(status: Json | undefined, type: string): Json | undefined {
  return objectsAt(status, "conditions").find((entry) => rawAt(entry, "type") === type);
}

function reasonUnscheduled(scheduled: Json | undefined): string | undefined {
  return rawAt(scheduled, "status") === "False"
    ? (lineAt(scheduled, "message") ?? lineAt(scheduled, "reason") ?? "")
    : undefined;
}

function hasRun(container: Json): boolean {
  return (
    objectAt(container, "state", "running") !== undefined ||
    objectAt(container, "state", "terminated") !== undefined ||
    objectAt(container, "lastState", "terminated") !== undefined
  );
}

function readInitContainers(
  spec: Json | undefined,
  status: Json | undefined,
): readonly InitContainer[] {
  const statuses = new Map(
    namedEntries(status, "initContainerStatuses").map((entry) => [lineAt(entry, "name"), entry]),
  );
  // A support bundle may hold the statuses alone.
  const declared = namedEntries(spec, "initContainers");
  const containers = declared.length > 0 ? declared : [...statuses.values()];
  return containers.map((container) => {
    const name = lineAt(container, "name") ?? "";
    const found = statuses.get(name);
    const state = objectAt(found, "state");
    const waiting = objectAt(state, "waiting");
    const running = objectAt(state, "running");
    return {
      name,
      isSidecar: rawAt(container, "restartPolicy") === "Always",
      isStarted: found?.["started"] !== false,
      restarts: Math.floor(numberAt(found, "restartCount") ?? 0),
      waiting: waiting && waitingOf(waiting),
      runningSince: running && (timeAt(running, "startedAt") ?? 0),
      ended: readEndedRun(
        objectAt(state, "terminated") ?? objectAt(found, "lastState", "terminated"),
      ),
    };
  });
}

function namedEntries(value: Json | undefined, key: string): readonly Json[] {
  return objectsAt(value, key).filter((entry) => lineAt(entry, "name") !== undefined);
}

function waitingOf(value: Json | undefined): Waiting {
  return { reason: lineAt(value, "reason") ?? "", message: lineAt(value, "message") ?? "" };
}

function readEndedRun(terminated: Json | undefined): EndedRun | undefined {
  if (terminated === undefined) return undefined;
  const text = rawAt(terminated, "message") ?? "";
  const message = readTerminationMessage(text);
  return {
    status: countAt(terminated, "exitCode"),
    reason: lineAt(terminated, "reason") ?? "",
    startedAt: timeAt(terminated, "startedAt"),
    finishedAt: timeAt(terminated, "finishedAt"),
    message,
    other: message === undefined ? readOtherMessage(redactShapes(text)) : NOTHING,
  };
}

const NOTHING: OtherMessage = { line: "", failure: undefined };
