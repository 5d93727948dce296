import type { NodeState, NodeStatus } from "./node-status.ts";
import type { EndedRun, InitContainer, PodFacts, Waiting } from "./pod.ts";

/** What is found where init is, and what of it has to be told. */
type Finding = Pick<NodeStatus, "state" | "script" | "cause" | "fix"> & {
  readonly isCrashLooping?: boolean;
};

export type Classified = {
  readonly nodes: readonly NodeStatus[];
  /** Pods that have no such init container. */
  readonly otherPods: number;
};

/** The name that the operators give the init container. */
const USUAL_NAME = "storageos-init";

const READ_LOG = "Read what it printed: init logs NODE";

/** Waiting of these kinds is only the way to the start. */
const ON_THE_WAY = new Set(["", "PodInitializing", "ContainerCreating"]);

/**
 * The state of every node. Of several pods on a node the one counts that can still run, the newest.
 * @param container the init container's name; undefined if it is to be found
 * @param expectedNodes nodes that should have a pod
 */
export function classify(
  pods: readonly PodFacts[],
  container: string | undefined,
  expectedNodes: readonly string[],
): Classified {
  const findInit = findInitContainer(pods, container);
  const byNode = new Map<string, { readonly pod: PodFacts; readonly init: InitContainer }>();
  let otherPods = 0;
  for (const pod of pods) {
    const init = findInit(pod);
    if (init === undefined) {
      otherPods++;
      continue;
    }
    const key = pod.node ?? `(no node) ${pod.namespace}/${pod.name}`;
    const known = byNode.get(key);
    if (known === undefined || rankOf(pod) > rankOf(known.pod)) byNode.set(key, { pod, init });
  }
  const nodes = Array.from(byNode, ([node, { pod, init }]) => statusOf(node, pod, init));
  const missing = expectedNodes.filter((node) => !byNode.has(node)).map(withoutPod);
  return { nodes: [...nodes, ...missing], otherPods };
}

/**
 * The init container is the one that is named; else the one whose termination message init wrote, in
 * this pod or in another one of the same owner; else the one with the usual name.
 */
export function findInitContainer(
  pods: readonly PodFacts[],
  container: string | undefined,
): (pod: PodFacts) => InitContainer | undefined {
  const nameOfOwner = new Map<string, string>();
  for (const pod of pods) {
    const init = pod.initContainers.find(({ ended }) => ended?.told !== undefined);
    if (init !== undefined && pod.owner !== undefined) {
      nameOfOwner.set(`${pod.namespace}/${pod.owner}`, init.name);
    }
  }
  return ({ initContainers, namespace, owner }) => {
    const named = (name: string | undefined): InitContainer | undefined =>
      initContainers.find((init) => init.name === name);
    if (container !== undefined) return named(container);
    return (
      initContainers.find(({ ended }) => ended?.told !== undefined) ??
      named(nameOfOwner.get(`${namespace}/${owner}`)) ??
      named(USUAL_NAME)
    );
  };
}

function rankOf(pod: PodFacts): number {
  const canRun = pod.ended === undefined && !pod.isDeleting;
  return (canRun ? 1e15 : 0) + pod.createdAt;
}

function statusOf(node: string, pod: PodFacts, init: InitContainer): NodeStatus {
  const { ended } = init;
  const told = ended?.told;
  const finding = find(pod, init);
  const scripts = told?.scripts ?? [];
  const isComplete = scripts.length > 0 && told?.isShortened !== true;
  return {
    node,
    namespace: pod.namespace,
    pod: pod.name,
    isCrashLooping: false,
    ...finding,
    restarts: init.restarts,
    since: pod.createdAt === 0 ? undefined : pod.createdAt,
    endedAt: ended?.finishedAt,
    nodeImage: told?.nodeImage,
    runsOtherImage: runsOtherImage(pod.images, told?.nodeImage),
    initVersion: told?.initVersion,
    scripts,
    scriptsMs: isComplete ? scripts.reduce((sum, { ms }) => sum + ms, 0) : undefined,
  };
}

function runsOtherImage(images: readonly string[], preparedFor: string | undefined): boolean {
  // A long name may have been cut to fit into the termination message.
  if (preparedFor === undefined || preparedFor.endsWith("…")) return false;
  return images.length > 0 && !images.includes(preparedFor);
}

function find(pod: PodFacts, { waiting, runningSince, ended }: InitContainer): Finding {
  if (pod.ended !== undefined) return afterPod(pod.ended);
  const hasFailed = ended !== undefined && ended.status !== 0;
  if (runningSince !== undefined) return hasFailed ? afterFailure(ended) : plain("running");
  if (waiting !== undefined) {
    if (!hasFailed) return beforeStart(waiting);
    return { ...afterFailure(ended), isCrashLooping: waiting.reason === "CrashLoopBackOff" };
  }
  if (ended !== undefined) return hasFailed ? afterFailure(ended) : afterSuccess(ended);
  if (pod.isInitialized) return plain("prepared");
  return pod.unschedulable === undefined
    ? plain("not-started")
    : plain("not-started", `no node takes the pod: ${pod.unschedulable}`);
}

function plain(state: NodeState, cause = "", fix = ""): Finding {
  return { state, script: "", cause, fix };
}

function afterPod({ reason, message }: Waiting): Finding {
  const why = [reason, message].filter(Boolean).join(": ");
  return plain("failed", `the pod ended${why === "" ? "" : `: ${why}`}`, "Delete the pod");
}

function beforeStart({ reason, message }: Waiting): Finding {
  if (ON_THE_WAY.has(reason)) return plain("not-started");
  return plain("not-started", [reason, message].filter(Boolean).join(": "));
}

function afterSuccess({ told }: EndedRun): Finding {
  if (told?.outcome !== "warned") return plain("prepared");
  const { script = "", cause, fix } = told;
  return { state: "warned", script, cause, fix };
}

function afterFailure(run: EndedRun): Finding {
  const { told, status, reason } = run;
  const isForMemory = reason === "OOMKilled";
  if (told === undefined) return withoutMessage(run);
  const { outcome, script = "", cause, fix } = told;
  if (outcome === "running" && isForMemory) {
    return { state: "failed", script, cause: "out of memory (OOMKilled)", fix: RAISE_MEMORY };
  }
  if (outcome === "passed" || outcome === "warned") {
    return { state: "failed", script, cause: `exit status ${status}`, fix: READ_LOG };
  }
  if (outcome === "timed-out") {
    return { state: "timed-out", script, cause: cause.replace(/^timed out: /, ""), fix };
  }
  return { state: "failed", script, cause, fix };
}

const RAISE_MEMORY = "Raise the init container's memory limit";

/** The original writes no message; then the end of its log stands there, or nothing. */
function withoutMessage({ said, status, reason }: EndedRun): Finding {
  if (reason === "OOMKilled") return plain("failed", "out of memory (OOMKilled)", RAISE_MEMORY);
  const [, script, why] = /script "([^"]+)" failed: (.+)$/.exec(said) ?? [];
  if (script !== undefined && why !== undefined) {
    return { state: "failed", script, cause: why, fix: READ_LOG };
  }
  const ending = `exit status ${status}${["", "Error"].includes(reason) ? "" : ` (${reason})`}`;
  return plain(
    "failed",
    said === "" ? `${ending}, without a word of why` : `${ending}: ${said}`,
    READ_LOG,
  );
}

function withoutPod(node: string): NodeStatus {
  return {
    node,
    ...plain("no-pod", "the node has no pod", "Look why: kubectl describe daemonset"),
    namespace: undefined,
    pod: undefined,
    restarts: 0,
    isCrashLooping: false,
    since: undefined,
    endedAt: undefined,
    nodeImage: undefined,
    runsOtherImage: false,
    initVersion: undefined,
    scripts: [],
    scriptsMs: undefined,
  };
}
