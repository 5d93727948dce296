import { isOlder, parseVersion } from "../lib/text/semver.ts";
import type { Classified } from "./classify.ts";
import { figuresOf, type Figures } from "./figures.ts";
import { compareNames, groupBy, groupByCause, type Cause } from "./group.ts";
import { isPrepared, NODE_STATES, type NodeState, type NodeStatus } from "./node-status.ts";
import { describeVerdict } from "./verdict.ts";

/** Everything that is told about a fleet, in whatever format. All texts are clean lines. */
export type FleetReport = {
  /** When the cluster was looked at, in milliseconds since the epoch. */
  readonly at: number;
  /** The one sentence for whoever reads only that. */
  readonly verdict: string;
  readonly total: number;
  readonly prepared: number;
  readonly counts: Readonly<Record<NodeState, number>>;
  /** Why nodes are not prepared, the cause of most nodes first. */
  readonly causes: readonly Cause[];
  readonly warnings: readonly Cause[];
  /** What is no failure but should be known. */
  readonly remarks: readonly Remark[];
  readonly figures: Figures;
  /** By name. */
  readonly nodes: readonly NodeStatus[];
};

export type Remark = { readonly what: string; readonly nodes: readonly string[] };

export function reportOf({ nodes, otherPods }: Classified, at: number): FleetReport {
  const sorted = nodes.toSorted((a, b) => compareNames(a.node, b.node));
  const counts = countStates(sorted);
  const prepared = counts.prepared + counts.warned;
  const causes = groupByCause(sorted.filter(({ state }) => !isPrepared(state)));
  const warnings = groupByCause(sorted.filter(({ state }) => state === "warned"));
  return {
    at,
    verdict: describeVerdict(counts, causes),
    total: sorted.length,
    prepared,
    counts,
    causes,
    warnings,
    remarks: remarksOf(sorted, otherPods),
    figures: figuresOf(sorted),
    nodes: sorted,
  };
}

function countStates(nodes: readonly NodeStatus[]): Record<NodeState, number> {
  const counts = Object.fromEntries(NODE_STATES.map((state) => [state, 0]));
  for (const { state } of nodes) counts[state] = (counts[state] ?? 0) + 1;
  return counts as Record<NodeState, number>;
}

function remarksOf(nodes: readonly NodeStatus[], otherPods: number): readonly Remark[] {
  const [, ...otherImages] = groupBy(nodes, ({ nodeImage }) => nodeImage);
  return [
    ...groupBy(nodes, ({ runsOtherImage, nodeImage }) =>
      runsOtherImage ? nodeImage : undefined,
    ).map(({ value, nodes: those }) => ({
      what: `prepared for ${value}, which is not what the pod runs`,
      nodes: those,
    })),
    ...otherImages.map(({ value, nodes: those }) => ({
      what: `prepared with another node image than most: ${value}`,
      nodes: those,
    })),
    ...remarksOnVersions(nodes),
    ...(otherPods === 0
      ? []
      : [{ what: `pods without the init container, left out: ${otherPods}`, nodes: [] }]),
  ];
}

function remarksOnVersions(nodes: readonly NodeStatus[]): readonly Remark[] {
  const versions = groupBy(nodes, ({ initVersion }) => initVersion);
  const newest = versions.map(({ value }) => value).reduce<string | undefined>(newerOf, undefined);
  const silent = nodes
    .filter(({ initVersion, endedAt }) => initVersion === undefined && endedAt !== undefined)
    .map(({ node }) => node);
  return [
    ...versions
      .filter(({ value }) => value !== newest)
      .map(({ value, nodes: those }) => ({
        what: `init ${value}, while others have ${newest}`,
        nodes: those,
      })),
    ...(silent.length === 0
      ? []
      : [
          {
            what: "no termination message of init: it is older than 3.0, or ended before it wrote one",
            nodes: silent,
          },
        ]),
  ];
}

function newerOf(newest: string | undefined, version: string): string | undefined {
  const parsed = parseVersion(version);
  if (parsed === undefined) return newest;
  return newest === undefined || isOlder(newest, parsed) ? version : newest;
}
