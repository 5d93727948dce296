import type { Classified, NamespaceStatus } from "./classify.ts";
import { figuresOf, type Figures } from "./figures.ts";
import { compareNames, groupByCause, type Cause } from "./group.ts";
import { isPrepared, NODE_STATES, type NodeState, type NodeStatus } from "./node-status.ts";
import { remarksOf, remarksOnPods, type Remark } from "./remarks.ts";
import { describeNamespaces, describeVerdict } from "./verdict.ts";

/** What is reported of the nodes of one namespace's DaemonSets, or of all. All texts are clean lines. */
export type Section = {
  readonly namespace: string;
  /** The one sentence for a reader of only that. */
  readonly verdict: string;
  readonly total: number;
  readonly prepared: number;
  readonly counts: Readonly<Record<NodeState, number>>;
  /** Why nodes are not prepared: what has failed first, then the cause of most nodes. */
  readonly causes: readonly Cause[];
  readonly warnings: readonly Cause[];
  /** What is no failure but should be known. */
  readonly remarks: readonly Remark[];
  readonly figures: Figures;
  /** By name. */
  readonly nodes: readonly NodeStatus[];
};

/** Everything that is reported of a fleet, in whatever format. */
export type FleetReport = Omit<Section, "namespace"> & {
  /** When the cluster was looked at, in milliseconds since the epoch. */
  readonly at: number;
  /** Remarks that are on no namespace. */
  readonly notes: readonly Remark[];
  /** By namespace; of a single one it holds what the report itself does. */
  readonly sections: readonly Section[];
};

/** @param notes what else should be known, such as that something could not be read */
export function reportOf(
  { namespaces, ownerless, otherPods }: Classified,
  at: number,
  notes: readonly string[] = [],
): FleetReport {
  const sections = namespaces.map(sectionOf);
  const more = [
    ...notes.map((what) => ({ what, nodes: [] })),
    ...remarksOnPods(ownerless, otherPods),
  ];
  const [only, second] = sections;
  const whole = only !== undefined && second === undefined ? only : together(sections);
  const { namespace: _, ...rest } = whole;
  return { ...rest, remarks: [...whole.remarks, ...more], at, notes: more, sections };
}

function sectionOf({ namespace, nodes, gaps, daemonSets }: NamespaceStatus): Section {
  const sorted = nodes.toSorted((a, b) => compareNames(a.node, b.node));
  const counts = countsOf(sorted.map(({ state }) => [state, 1] as const));
  for (const { state, amount } of gaps) counts[state] += amount;
  const causes = groupByCause(namespace, sorted, gaps, (state) => !isPrepared(state));
  return {
    namespace,
    verdict: describeVerdict(counts, causes),
    total: Object.values(counts).reduce((sum, amount) => sum + amount, 0),
    prepared: counts.prepared + counts.warned,
    counts,
    causes,
    warnings: groupByCause(namespace, sorted, [], (state) => state === "warned"),
    remarks: remarksOf(sorted, daemonSets),
    figures: figuresOf(sorted),
    nodes: sorted,
  };
}

/** The sum of all sections; a node counts in each. */
function together(sections: readonly Section[]): Section {
  const nodes = sections.flatMap((section) => section.nodes);
  const counts = countsOf(
    sections.flatMap((section) => NODE_STATES.map((state) => [state, section.counts[state]])),
  );
  return {
    namespace: "",
    verdict: sections.length === 0 ? describeVerdict(counts, []) : describeNamespaces(sections),
    total: sections.reduce((sum, { total }) => sum + total, 0),
    prepared: sections.reduce((sum, { prepared }) => sum + prepared, 0),
    counts,
    causes: sections.flatMap(({ causes }) => causes),
    warnings: sections.flatMap(({ warnings }) => warnings),
    remarks: sections.flatMap(({ namespace, remarks }) =>
      remarks.map(({ what, nodes: those }) => ({ what: `${namespace}: ${what}`, nodes: those })),
    ),
    figures: figuresOf(nodes),
    nodes,
  };
}

function countsOf(amounts: readonly (readonly [NodeState, number])[]): Record<NodeState, number> {
  const counts = Object.fromEntries(NODE_STATES.map((state) => [state, 0])) as Record<
    NodeState,
    number
  >;
  for (const [state, amount] of amounts) counts[state] += amount;
  return counts;
}
