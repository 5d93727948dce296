import type { NodeState, NodeStatus } from "./node-status.ts";
import { keyOfWording, withoutNames } from "./wording-key.ts";

/** Nodes in the same state for the same cause. */
export type Cause = {
  readonly state: NodeState;
  readonly script: string;
  /** In the words that most of the nodes have. */
  readonly cause: string;
  readonly fix: string;
  /** How the wordings were found to be the same; it stays the same from look to look. */
  readonly key: string;
  /** How many wordings fell together. */
  readonly wordings: number;
  readonly nodes: readonly string[];
  readonly crashLooping: CrashLoops | undefined;
};

export type CrashLoops = {
  readonly nodes: number;
  readonly mostRestarts: number;
  /** When the oldest of their pods was made, in milliseconds since the epoch. */
  readonly since: number | undefined;
};

/** The causes of these nodes, the one of most nodes first; a node without a cause is left out. */
export function groupByCause(nodes: readonly NodeStatus[]): readonly Cause[] {
  const groups = new Map<string, NodeStatus[]>();
  for (const status of nodes) {
    if (status.cause === "") continue;
    const words = keyOfWording(status.cause, status);
    push(groups, `${status.state}\n${status.script}\n${words}`, status);
  }
  return Array.from(groups, ([key, members]) => describe(key, members)).toSorted(
    (a, b) => b.nodes.length - a.nodes.length || compare(a.key, b.key),
  );
}

function describe(key: string, members: readonly NodeStatus[]): Cause {
  const wordings = new Map<string, NodeStatus[]>();
  for (const status of members) {
    push(wordings, withoutNames(status.cause, status), status);
  }
  const [representative] = [...wordings].toSorted(
    ([a, those], [b, others]) => others.length - those.length || compare(a, b),
  );
  const [first] = representative?.[1] ?? members;
  return {
    state: first?.state ?? "failed",
    script: first?.script ?? "",
    cause: first?.cause ?? "",
    fix: first?.fix ?? "",
    key: key.split("\n").slice(2).join(" ").trim(),
    wordings: wordings.size,
    nodes: members.map(({ node }) => node).toSorted(compareNames),
    crashLooping: crashLoopsOf(members),
  };
}

function crashLoopsOf(members: readonly NodeStatus[]): CrashLoops | undefined {
  const looping = members.filter(({ isCrashLooping }) => isCrashLooping);
  if (looping.length === 0) return undefined;
  const starts = looping.flatMap(({ since }) => since ?? []);
  return {
    nodes: looping.length,
    mostRestarts: looping.reduce((most, { restarts }) => Math.max(most, restarts), 0),
    since: starts.length === 0 ? undefined : starts.reduce((a, b) => Math.min(a, b)),
  };
}

/** Nodes by what they share, the largest group first; those for which it is undefined are left out. */
export function groupBy(
  nodes: readonly NodeStatus[],
  shared: (status: NodeStatus) => string | undefined,
): readonly { readonly value: string; readonly nodes: readonly string[] }[] {
  const groups = new Map<string, NodeStatus[]>();
  for (const status of nodes) {
    const value = shared(status);
    if (value !== undefined) push(groups, value, status);
  }
  return Array.from(groups, ([value, members]) => ({
    value,
    nodes: members.map(({ node }) => node).toSorted(compareNames),
  })).toSorted((a, b) => b.nodes.length - a.nodes.length || compare(a.value, b.value));
}

const names = new Intl.Collator("en", { numeric: true });

/** node-9 before node-10. */
export function compareNames(a: string, b: string): number {
  return names.compare(a, b) || compare(a, b);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function push<Value>(groups: Map<string, Value[]>, key: string, value: Value): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [value]);
  else group.push(value);
}
