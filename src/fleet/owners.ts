import type { DaemonSetFacts } from "./daemon-set.ts";
import type { PodVerdict } from "./judge-pod.ts";
import type { InitContainer, PodFacts } from "./pod.ts";
import type { Labels } from "./selector.ts";
import { ownerKey, type Snapshot } from "./snapshot.ts";

/** The name that the operators give the init container. */
export const USUAL_NAME = "storageos-init";

/** Which pods and DaemonSets are asked for. */
export type Scope = {
  /** The init container's name; undefined if it is to be found. */
  readonly container: string | undefined;
  readonly namespace: string | undefined;
  /** Whether pods with these labels are asked for. */
  readonly selects: (labels: Labels) => boolean;
  /** Whether every pod is: then a DaemonSet counts only if it shows that it runs init. */
  readonly selectsAll: boolean;
};

/** A DaemonSet that runs init, and its pods. */
export type Owner = {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
  /** undefined if nothing is known of DaemonSets. */
  readonly daemonSet: DaemonSetFacts | undefined;
  readonly pods: readonly PodFacts[];
  /** Names of its init containers that run init. */
  readonly initNames: ReadonlySet<string>;
};

/** What is known of a DaemonSet: of each node the pod that counts. */
export type OwnerVerdicts = {
  readonly owner: Owner;
  readonly byNode: ReadonlyMap<string, PodVerdict>;
};

export type Owners = {
  readonly owners: readonly Owner[];
  /** Pods that no DaemonSet owns, or only by their own word. */
  readonly ownerless: number;
  /** Pods of DaemonSets that have no such init container. */
  readonly otherPods: number;
};

/** The DaemonSets that run init. A pod counts only with the DaemonSet that owns it. */
export function findOwners({ pods, daemonSets }: Snapshot, scope: Scope): Owners {
  const listed = daemonSets && new Map(daemonSets.map((each) => [keyOf(each), each]));
  const podsOf = new Map<string, PodFacts[]>();
  let ownerless = 0;
  for (const pod of pods) {
    const { owner, namespace } = pod;
    const key = owner && ownerKey(namespace, owner.name, owner.uid);
    if (key === undefined || listed?.has(key) === false) {
      ownerless++;
      continue;
    }
    const known = podsOf.get(key);
    if (known === undefined) podsOf.set(key, [pod]);
    else known.push(pod);
  }
  for (const daemonSet of daemonSets ?? []) {
    const key = keyOf(daemonSet);
    if (isAskedFor(daemonSet, scope) && !podsOf.has(key)) podsOf.set(key, []);
  }
  let otherPods = 0;
  const owners = Array.from(podsOf).flatMap(([key, own]): readonly Owner[] => {
    const daemonSet = listed?.get(key);
    const namespace = daemonSet?.namespace ?? own[0]?.namespace ?? "";
    const name = daemonSet?.name ?? own[0]?.owner?.name ?? "";
    const initNames = namesOf(daemonSet, own, scope);
    if (initNames.size > 0) return [{ namespace, name, key, daemonSet, pods: own, initNames }];
    otherPods += own.length;
    return [];
  });
  return { owners, ownerless, otherPods };
}

function keyOf({ namespace, name, uid }: DaemonSetFacts): string {
  return ownerKey(namespace, name, uid);
}

function isAskedFor({ namespace, podLabels }: DaemonSetFacts, scope: Scope): boolean {
  return (scope.namespace ?? namespace) === namespace && scope.selects(podLabels);
}

/**
 * Names of the init containers that run init: the one that is asked for; else those whose termination
 * message init wrote, and the one with the usual name. Empty if there is none.
 */
function namesOf(
  daemonSet: DaemonSetFacts | undefined,
  pods: readonly PodFacts[],
  { container, selectsAll }: Scope,
): ReadonlySet<string> {
  const names = new Set(daemonSet?.initContainers);
  const proved = new Set<string>();
  for (const { initContainers } of pods) {
    for (const { name, ended } of initContainers) {
      names.add(name);
      if (ended?.message !== undefined) proved.add(name);
    }
  }
  if (container !== undefined) return new Set(names.has(container) ? [container] : []);
  if (names.has(USUAL_NAME)) proved.add(USUAL_NAME);
  // A DaemonSet whose pods are refused has none that could prove it.
  return proved.size === 0 && pods.length === 0 && !selectsAll ? names : proved;
}

/** The init containers of a pod that run init, in their order. */
export function initsOf(pod: PodFacts, { initNames }: Owner): readonly InitContainer[] {
  return pod.initContainers.filter(({ name }) => initNames.has(name));
}
