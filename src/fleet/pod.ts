import {
  cleanLine,
  lineAt,
  listAt,
  numberAt,
  objectAt,
  objectOf,
  rawAt,
  timeAt,
  type Json,
} from "./untrusted.ts";
import { lineOfOtherMessage, readTerminationMessage, type Told } from "./termination-message.ts";

/** What is kept of a pod: a few hundred bytes of its 12 KB. Times are milliseconds since the epoch. */
export type PodFacts = {
  readonly namespace: string;
  readonly name: string;
  /** The node it is on, or that the DaemonSet controller made it for. */
  readonly node: string | undefined;
  /** What made it, such as `DaemonSet/storageos-daemonset`. */
  readonly owner: string | undefined;
  readonly createdAt: number;
  readonly isDeleting: boolean;
  /** Ended for good, such as evicted: it will not run again. */
  readonly ended: Waiting | undefined;
  readonly isInitialized: boolean;
  /** Why no node takes it. */
  readonly unschedulable: string | undefined;
  readonly images: readonly string[];
  readonly initContainers: readonly InitContainer[];
};

export type InitContainer = {
  readonly name: string;
  readonly restarts: number;
  readonly waiting: Waiting | undefined;
  readonly runningSince: number | undefined;
  /** The run that ended last, now or before it waits or runs again. */
  readonly ended: EndedRun | undefined;
};

export type Waiting = { readonly reason: string; readonly message: string };

export type EndedRun = {
  readonly status: number;
  readonly reason: string;
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
  /** What init said; undefined if the termination message is not its. */
  readonly told: Told | undefined;
  /** What stands in such another message, in a line. */
  readonly said: string;
};

/** What is kept of a pod's JSON; undefined if it has no name. */
export function readPod(pod: Json): PodFacts | undefined {
  const metadata = objectAt(pod, "metadata");
  const spec = objectAt(pod, "spec");
  const status = objectAt(pod, "status");
  const name = lineAt(metadata, "name");
  if (name === undefined) return undefined;
  const hasEnded = ["Failed", "Succeeded"].includes(rawAt(status, "phase") ?? "");
  return {
    namespace: lineAt(metadata, "namespace") ?? "default",
    name,
    node: lineAt(spec, "nodeName") ?? nodeOfAffinity(spec),
    owner: ownerOf(metadata),
    createdAt: timeAt(metadata, "creationTimestamp") ?? 0,
    isDeleting: rawAt(metadata, "deletionTimestamp") !== undefined,
    ended: hasEnded ? waitingOf(status) : undefined,
    isInitialized: conditionOf(status, "Initialized", "True") !== undefined,
    unschedulable: reasonUnscheduled(status),
    images: namedEntries(spec, "containers").flatMap((entry) => lineAt(entry, "image") ?? []),
    initContainers: readInitContainers(spec, status),
  };
}

/** The controller of a DaemonSet sets the node of each pod as an affinity, before it is scheduled. */
function nodeOfAffinity(spec: Json | undefined): string | undefined {
  const required = objectAt(
    spec,
    "affinity",
    "nodeAffinity",
    "requiredDuringSchedulingIgnoredDuringExecution",
  );
  const [term] = listAt(required, "nodeSelectorTerms");
  const field = listAt(objectOf(term), "matchFields")
    .map(objectOf)
    .find((entry) => rawAt(entry, "key") === "metadata.name");
  const [node] = listAt(field, "values");
  return typeof node === "string" ? cleanLine(node) || undefined : undefined;
}

function ownerOf(metadata: Json | undefined): string | undefined {
  const owner = listAt(metadata, "ownerReferences")
    .map(objectOf)
    .find((entry) => entry?.["controller"] === true);
  const name = lineAt(owner, "name");
  return name === undefined ? undefined : `${lineAt(owner, "kind") ?? ""}/${name}`;
}

function conditionOf(status: Json | undefined, type: string, value: string): Json | undefined {
  return listAt(status, "conditions")
    .map(objectOf)
    .find((entry) => rawAt(entry, "type") === type && rawAt(entry, "status") === value);
}

function reasonUnscheduled(status: Json | undefined): string | undefined {
  const condition = conditionOf(status, "PodScheduled", "False");
  return condition && (lineAt(condition, "message") ?? lineAt(condition, "reason") ?? "");
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
    return {
      name,
      restarts: Math.floor(numberAt(found, "restartCount") ?? 0),
      waiting: waiting && waitingOf(waiting),
      runningSince: timeAt(objectAt(state, "running"), "startedAt"),
      ended: readEndedRun(
        objectAt(state, "terminated") ?? objectAt(found, "lastState", "terminated"),
      ),
    };
  });
}

function namedEntries(value: Json | undefined, key: string): readonly Json[] {
  return listAt(value, key)
    .map(objectOf)
    .filter((entry) => entry !== undefined)
    .filter((entry) => lineAt(entry, "name") !== undefined);
}

function waitingOf(value: Json | undefined): Waiting {
  return { reason: lineAt(value, "reason") ?? "", message: lineAt(value, "message") ?? "" };
}

function readEndedRun(terminated: Json | undefined): EndedRun | undefined {
  if (terminated === undefined) return undefined;
  const message = rawAt(terminated, "message") ?? "";
  const told = readTerminationMessage(message);
  return {
    status: numberAt(terminated, "exitCode") ?? 0,
    reason: lineAt(terminated, "reason") ?? "",
    startedAt: timeAt(terminated, "startedAt"),
    finishedAt: timeAt(terminated, "finishedAt"),
    told,
    said: told === undefined ? lineOfOtherMessage(message) : "",
  };
}
