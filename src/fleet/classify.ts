import { gapsOf, type Gap } from "./gaps.ts";
import { found, NO_FAILURE } from "./judge-init.ts";
import { judgePod, word, type PodVerdict } from "./judge-pod.ts";
import { NODE_STATES, worstFirst, type Finding, type NodeStatus } from "./node-status.ts";
import {
  findOwners,
  initsOf,
  USUAL_NAME,
  type Owner,
  type OwnerVerdicts,
  type Scope,
} from "./owners.ts";
import type { PodFacts } from "./pod.ts";
import type { Snapshot } from "./snapshot.ts";
import { failureOf } from "../lib/failure/failure.ts";
import { FLEET_NODES } from "../lib/failure/topics/fleet-nodes.ts";

/** The nodes of the DaemonSets in one namespace. */
export type NamespaceStatus = {
  readonly namespace: string;
  /** Names of the DaemonSets of which every one has to prepare a node. */
  readonly daemonSets: readonly string[];
  readonly nodes: readonly NodeStatus[];
  /** Nodes that are missing, and of which the names are not known. */
  readonly gaps: readonly Gap[];
};

export type Classified = {
  readonly namespaces: readonly NamespaceStatus[];
  /** Pods that no DaemonSet owns, or only by their own word. */
  readonly ownerless: number;
  /** Pods of DaemonSets that have no such init container. */
  readonly otherPods: number;
};

/**
 * The state of every node. A node is prepared only if it is for every DaemonSet of the namespace, and
 * nothing that one namespace holds counts in another.
 */
export function classify(snapshot: Snapshot, scope: Scope): Classified {
  const { owners, ownerless, otherPods } = findOwners(snapshot, scope);
  const verdicts = owners.map(judgeOwner);
  const namespaces = [...new Set(owners.map(({ namespace }) => namespace))].toSorted();
  return {
    namespaces: namespaces.map((namespace) =>
      statusOf(
        namespace,
        verdicts.filter(({ owner }) => owner.namespace === namespace),
        snapshot,
      ),
    ),
    ownerless,
    otherPods,
  };
}

function statusOf(
  namespace: string,
  verdicts: readonly OwnerVerdicts[],
  snapshot: Snapshot,
): NamespaceStatus {
  const { named, gaps } = gapsOf(verdicts, snapshot);
  const names = new Set([...verdicts.flatMap(({ byNode }) => [...byNode.keys()]), ...named.keys()]);
  return {
    namespace,
    daemonSets: verdicts.map(({ owner }) => owner.name),
    nodes: Array.from(names, (node) =>
      nodeStatus(node, namespace, verdicts, named.get(node) ?? []),
    ),
    gaps,
  };
}

/** Of each node the pod that counts: the newest that can still run, and of two just as new the worse. */
export function judgeOwner(owner: Owner): OwnerVerdicts {
  const podsOn = new Map<string, PodFacts[]>();
  for (const pod of owner.pods) {
    const node = pod.node ?? `(no node) ${pod.namespace}/${pod.name}`;
    const known = podsOn.get(node);
    if (known === undefined) podsOn.set(node, [pod]);
    else known.push(pod);
  }
  const byNode = new Map<string, PodVerdict>();
  for (const [node, pods] of podsOn) {
    const [worst] = newestOf(pods)
      .map((pod) => verdictOf(pod, node, owner))
      .toSorted((a, b) => severityOf(a) - severityOf(b));
    if (worst !== undefined) byNode.set(node, worst);
  }
  return { owner, byNode };
}

function verdictOf(pod: PodFacts, node: string, owner: Owner): PodVerdict {
  const inits = initsOf(pod, owner);
  if (inits.length > 0 || pod.isDeleting) return judgePod(pod, node, inits);
  const container = [...owner.initNames].join(" or ");
  const place = { namespace: word(pod.namespace), pod: word(pod.name), container };
  const finding = found("not-started", failureOf(FLEET_NODES, "PodWithoutInit", place));
  return { pod, inits, findings: [{ ...finding, since: pod.createdAt || undefined }] };
}

/** A pod by itself, whatever it is of: its init containers that run init, or else all of them. */
export function judgeAlone(
  pod: PodFacts,
  { container }: Scope,
): { readonly node: string; readonly verdict: PodVerdict } {
  const node = pod.node ?? "no node";
  const named = pod.initContainers.filter(({ name }) => name === (container ?? USUAL_NAME));
  const proved = pod.initContainers.filter(({ ended }) => ended?.message !== undefined);
  const inits = [named, proved, pod.initContainers].find((some) => some.length > 0) ?? [];
  return { node, verdict: judgePod(pod, node, inits) };
}

function newestOf(pods: readonly PodFacts[]): readonly PodFacts[] {
  const rank = ({ isDeleting, phase, createdAt }: PodFacts): number => {
    const hasEnded = phase === "Failed" || phase === "Succeeded";
    if (isDeleting) return 1e14;
    return hasEnded ? createdAt : 1e15 + createdAt;
  };
  const highest = pods.reduce((most, pod) => Math.max(most, rank(pod)), 0);
  return pods.filter((pod) => rank(pod) === highest);
}

function severityOf({ findings }: PodVerdict): number {
  return NODE_STATES.indexOf(findings[0]?.state ?? "unknown");
}

/** One row for a node, of what all DaemonSets of the namespace show there. */
function nodeStatus(
  node: string,
  namespace: string,
  verdicts: readonly OwnerVerdicts[],
  missing: readonly Finding[],
): NodeStatus {
  const [worst, ...others] = verdicts
    .flatMap(({ owner, byNode }) => {
      const verdict = byNode.get(node);
      return verdict === undefined ? [] : [{ owner, verdict }];
    })
    .toSorted((a, b) => severityOf(a.verdict) - severityOf(b.verdict));
  const all = worst === undefined ? [] : [worst, ...others];
  const findings = worstFirst([...missing, ...all.flatMap(({ verdict }) => verdict.findings)]);
  const ended = all.flatMap(({ verdict }) => verdict.inits.flatMap((init) => init.ended ?? []));
  const messages = ended.flatMap(({ message }) => message ?? []);
  const scripts = messages.flatMap((message) => message.scripts);
  const isComplete = scripts.length > 0 && messages.every(({ isShortened }) => !isShortened);
  const nodeImage = messages.find((message) => message.nodeImage !== undefined)?.nodeImage;
  const images = all.flatMap(({ verdict }) => verdict.pod.images);
  const ends = ended.flatMap(({ finishedAt }) => finishedAt ?? []);
  return {
    node,
    ...(findings[0] ?? NOTHING_KNOWN),
    findings,
    namespace,
    pod: worst?.verdict.pod.name,
    daemonSet: worst?.owner.name,
    endedAt: ends.length === 0 ? undefined : Math.max(...ends),
    nodeImage,
    runsOtherImage: runsOtherImage(images, nodeImage),
    initVersion: messages.find(({ initVersion }) => initVersion !== undefined)?.initVersion,
    isSilent: ended.length > 0 && messages.length === 0,
    scripts,
    scriptsMs: isComplete ? scripts.reduce((sum, { ms }) => sum + ms, 0) : undefined,
  };
}

const NOTHING_KNOWN: Finding = {
  ...NO_FAILURE,
  state: "unknown",
  isCrashLooping: false,
  restarts: 0,
  since: undefined,
};

function runsOtherImage(images: readonly string[], preparedFor: string | undefined): boolean {
  // A long name may have been cut to fit into the termination message.
  if (preparedFor === undefined || preparedFor.endsWith("…")) return false;
  return images.length > 0 && !images.includes(preparedFor);
}
