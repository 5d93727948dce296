import { FLEET_NODES } from "../lib/failure/topics/fleet-nodes.ts";
import { failureOf } from "../lib/failure/failure.ts";
import {
  endingOf,
  found,
  hasBeenInitialized,
  isRestart,
  judgeInit,
  ON_THE_WAY,
  type Place,
} from "./judge-init.ts";
import { isPrepared, worstFirst, type Finding } from "./node-status.ts";
import type { InitContainer, PodFacts } from "./pod.ts";

/** What a pod shows of the preparation of its node. */
export type PodVerdict = {
  readonly pod: PodFacts;
  /** The init containers that run init. */
  readonly inits: readonly InitContainer[];
  /** What decides first; never empty. */
  readonly findings: readonly Finding[];
};

/**
 * What a pod shows: its node is prepared only if nothing speaks against it.
 * @param inits its init containers that run init, in their order
 */
export function judgePod(pod: PodFacts, node: string, inits: readonly InitContainer[]): PodVerdict {
  return { pod, inits, findings: worstFirst(findingsOf(pod, node, inits)) };
}

function findingsOf(
  pod: PodFacts,
  node: string,
  inits: readonly InitContainer[],
): readonly Finding[] {
  const words = {
    node: word(node),
    namespace: word(pod.namespace),
    pod: word(pod.name),
    container: "",
  };
  const { phase, unschedulable } = pod;
  const why = [pod.why.reason, pod.why.message].filter(Boolean).join(": ");
  const since = pod.createdAt || undefined;
  if (pod.isDeleting) {
    return [{ ...found("not-started", failureOf(FLEET_NODES, "PodBeingDeleted", words)), since }];
  }
  if (phase === "Failed" || phase === "Succeeded") {
    return [{ ...found("failed", failureOf(FLEET_NODES, "PodEnded", { why, ...words })), since }];
  }
  if (phase === "Unknown" || pod.why.reason === "NodeLost") {
    const lost = failureOf(FLEET_NODES, "NodeLost", { why: why || phase, ...words });
    return [{ ...found("unknown", lost), since }];
  }
  if (unschedulable !== undefined) {
    const code = /Insufficient |Too many pods/.test(unschedulable)
      ? "NodeFull"
      : "PodUnschedulable";
    const failure = failureOf(FLEET_NODES, code, { why: unschedulable, ...words });
    return [{ ...found("not-started", failure), since: pod.waitsSince }];
  }
  return findingsOfContainers(pod, inits, words);
}

/** Init containers run one after the other, so the first that has not succeeded decides. */
function findingsOfContainers(
  pod: PodFacts,
  inits: readonly InitContainer[],
  words: Place,
): readonly Finding[] {
  const good: Finding[] = [];
  const [first] = inits;
  const names = inits.map(({ name }) => name).join(" and ");
  let place = `before ${names}`;
  for (const container of pod.initContainers) {
    const at = { ...words, container: word(container.name) };
    if (inits.includes(container)) {
      const findings = judgeInit(container, pod, at);
      if (!findings.every(({ state }) => isPrepared(state))) {
        return [...good, ...withContainer(findings, container, inits.length > 1)];
      }
      good.push(...findings);
      place = `after ${container.name}`;
    } else if (!pod.isInitialized) {
      const finding = judgeOther(container, pod, at, place);
      if (finding !== undefined) return [...good, finding];
    }
  }
  if (first !== undefined && pod.isInitialized) return good;
  const failure = failureOf(FLEET_NODES, "NotInitialized", { why: pod.uninitialized, ...words });
  return [...good, { ...found("unknown", failure), since: pod.waitsSince }];
}

/** Of several containers that run init, which one it is. */
function withContainer(
  findings: readonly Finding[],
  { name }: InitContainer,
  isOneOfMany: boolean,
): readonly Finding[] {
  if (!isOneOfMany) return findings;
  return findings.map((finding) =>
    isPrepared(finding.state) || finding.cause.includes(name)
      ? finding
      : { ...finding, cause: `init container ${name}: ${finding.cause}` },
  );
}

/** An init container of another program that the pod still waits for; undefined if it does not. */
function judgeOther(
  container: InitContainer,
  pod: PodFacts,
  words: Place,
  place: string,
): Finding | undefined {
  const { waiting, runningSince, ended, restarts, isSidecar } = container;
  if (hasBeenInitialized(pod)) return undefined;
  const isCrashLooping = waiting?.reason === "CrashLoopBackOff";
  if (runningSince !== undefined) {
    if (isSidecar && container.isStarted) return undefined;
    const failure = failureOf(FLEET_NODES, "OtherInitContainerRunning", { ...words, place });
    return { ...found("running", failure), restarts, since: runningSince || undefined };
  }
  const hasSucceeded = ended?.status === 0 && ["", "Completed"].includes(ended.reason);
  if (waiting === undefined && hasSucceeded && !isSidecar) return undefined;
  if (ended !== undefined && !isRestart(ended) && (!hasSucceeded || isCrashLooping)) {
    const failure = failureOf(FLEET_NODES, "OtherInitContainerFailed", {
      ...words,
      place,
      ending: endingOf(ended),
      why: ended.other.line,
    });
    const state = place.startsWith("before") ? "not-started" : "failed";
    const since = pod.createdAt || undefined;
    return { ...found(state, failure), isCrashLooping, restarts, since };
  }
  const reason = waiting?.reason ?? "";
  const why =
    [reason, waiting?.message].filter(Boolean).join(": ") ||
    (ON_THE_WAY.has(reason) ? "kubelet has not reported its state" : reason);
  const failure = failureOf(FLEET_NODES, "ContainerWaiting", { ...words, why });
  return { ...found("not-started", failure), isCrashLooping, restarts, since: pod.waitsSince };
}

/** A name in a command for a person to copy: names in a file may be anything. */
export function word(name: string): string {
  return /^[\w.:@%+\-/]+$/.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;
}
