import type { DaemonSetFacts, Refusal } from "./daemon-set.ts";
import type { NodeFacts } from "./node.ts";
import type { Placement } from "./placement.ts";
import type { PodFacts } from "./pod.ts";

/** What is known of a cluster at one time. */
export type Snapshot = {
  readonly pods: readonly PodFacts[];
  /** undefined if nothing is known of DaemonSets: then an owner reference is believed. */
  readonly daemonSets: readonly DaemonSetFacts[] | undefined;
  readonly refusals: readonly Refusal[];
  readonly nodes: readonly NodeFacts[];
  /** Of DaemonSets by `ownerKey`, as one of their pods shows it. */
  readonly placements: ReadonlyMap<string, Placement>;
};

/** The same for the same DaemonSet; one that was made again under its name is another. */
export function ownerKey(namespace: string, name: string, uid: string): string {
  return `${namespace}/${name}/${uid}`;
}
