import { failureOf } from "../lib/failure/failure.ts";
import { FLEET_GAPS } from "../lib/failure/topics/fleet-gaps.ts";

import { found } from "./judge-init.ts";
import { word } from "./judge-pod.ts";
import type { NodeFacts } from "./node.ts";
import type { Finding } from "./node-status.ts";
import type { Owner, OwnerVerdicts } from "./owners.ts";
import { obstacleOn } from "./placement.ts";
import type { Snapshot } from "./snapshot.ts";

/** Nodes without a pod, and without a known name. */
export type Gap = Finding & { readonly amount: number };

export type Gaps = {
  /** What is missing on nodes whose names are known. */
  readonly named: ReadonlyMap<string, readonly Finding[]>;
  readonly gaps: readonly Gap[];
};

/**
 * Nodes that should have a pod and have none: those that are asked for, and as many as a DaemonSet
 * wants more than there are. Which ones these are shows where the nodes are known, or where they can
 * only be those that another DaemonSet of the namespace has a pod on.
 */
export function gapsOf(verdicts: readonly OwnerVerdicts[], snapshot: Snapshot): Gaps {
  const named = new Map<string, Finding[]>();
  const gaps: Gap[] = [];
  const put = (node: string, finding: Finding): void => {
    named.set(node, [...(named.get(node) ?? []), finding]);
  };
  const known = new Set(verdicts.flatMap(({ byNode }) => [...byNode.keys()]));
  for (const { owner, byNode } of verdicts) {
    const missing = whatIsMissing(owner, byNode.size, snapshot);
    let amount = missing.amount;
    for (const node of snapshot.nodes) {
      if (byNode.has(node.name)) continue;
      const obstacle = obstacleFor(node, owner, snapshot);
      // Where another DaemonSet has a pod, this one need not have any.
      const isOptional = known.has(node.name) && (obstacle !== undefined || missing.amount === 0);
      if (!isOptional) put(node.name, obstacle ?? missing.findingFor(node));
      if (obstacle === undefined) amount--;
    }
    const others = [...known].filter((node) => !byNode.has(node));
    if (snapshot.nodes.length === 0 && amount > 0 && others.length === amount) {
      for (const node of others) put(node, missing.findingFor(undefined));
    } else if (amount > 0) {
      gaps.push({ ...missing.findingFor(undefined), amount });
    }
  }
  return { named, gaps };
}

type Missing = {
  /** How many pods the DaemonSet wants more than there are. */
  readonly amount: number;
  /** What to say of a node without a pod, on which nothing keeps pods away. */
  readonly findingFor: (node: NodeFacts | undefined) => Finding;
};

function whatIsMissing(owner: Owner, created: number, { refusals }: Snapshot): Missing {
  const { namespace, name, daemonSet } = owner;
  const title = `${namespace}/${name}`;
  const command = `kubectl -n ${word(namespace)} describe daemonset ${word(name)}`;
  const about = { daemonSet: title, command };
  const withoutPod = (node: NodeFacts | undefined): Finding =>
    node?.isCordoned === true
      ? found("no-pod", failureOf(FLEET_GAPS, "NodeCordoned", { node: word(node.name) }))
      : found("no-pod", failureOf(FLEET_GAPS, "NodeWithoutPod", about));
  if (daemonSet === undefined) return { amount: 0, findingFor: withoutPod };
  const { desired, uid } = daemonSet;
  if (desired === undefined) {
    const failure = failureOf(FLEET_GAPS, "DaemonSetNotObserved", about);
    return { amount: 1, findingFor: () => found("unknown", failure) };
  }
  const amount = Math.max(0, desired - created);
  const [refusal] = refusals
    .filter((each) => each.uid === uid && each.namespace === namespace)
    .toSorted((a, b) => b.at - a.at);
  if (amount === 0) return { amount, findingFor: withoutPod };
  const why = refusal?.why ?? "";
  const counts = { created: String(created), desired: String(desired) };
  const failure = failureOf(FLEET_GAPS, "PodsRefused", { ...about, ...counts, why });
  const refused = found("no-pod", failure);
  return {
    amount,
    findingFor: (node) => (why === "" && node?.isCordoned === true ? withoutPod(node) : refused),
  };
}

/** What on the node keeps the DaemonSet's pods away, as far as its template is known. */
function obstacleFor(node: NodeFacts, owner: Owner, { placements }: Snapshot): Finding | undefined {
  const daemonSet = `${owner.namespace}/${owner.name}`;
  const placement = owner.daemonSet?.placement ?? placements.get(owner.key);
  const obstacle = placement && obstacleOn(node, placement);
  if (obstacle === undefined) return undefined;
  const about = { daemonSet, node: word(node.name) };
  return obstacle.kind === "tainted"
    ? found("no-pod", failureOf(FLEET_GAPS, "NodeTainted", { ...about, taint: obstacle.taint }))
    : found(
        "no-pod",
        failureOf(FLEET_GAPS, "NodeNotSelected", { ...about, selector: obstacle.selector }),
      );
}
