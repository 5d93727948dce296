import { FLEET_GAPS } from "../lib/failure/topics/fleet-gaps.ts";
import { FLEET_NODES } from "../lib/failure/topics/fleet-nodes.ts";
import { SCRIPTS } from "../lib/failure/topics/scripts.ts";
import type { FirstFailure } from "../lib/contract/first-failure.ts";
import type { Gap } from "./gaps.ts";
import type { Finding, NodeState, NodeStatus } from "./node-status.ts";
import { keyOfWording, withoutNames } from "./wording-key.ts";

/** Nodes in the same state for the same cause. */
export type Cause = {
  readonly state: NodeState;
  readonly namespace: string;
  readonly script: string;
  /** undefined if neither a script nor init gave one. */
  readonly code: string | undefined;
  /** In the words that most of the nodes have. */
  readonly cause: string;
  readonly fix: string;
  readonly link: string | undefined;
  /** Of a node in these words: how the series began, where with another failure. */
  readonly first?: FirstFailure | undefined;
  /** Of the same: what the script printed last, where the cause is a guess from that. */
  readonly output?: readonly string[] | undefined;
  /** How the nodes were found to have the same cause; it stays the same from look to look. */
  readonly key: string;
  /** By words only where there is no code that names the cause. */
  readonly groupedBy: "code" | "words";
  /** How many wordings fell together. */
  readonly wordings: number;
  readonly nodes: readonly string[];
  /** Nodes beside these, of which the names are not known. */
  readonly unnamed: number;
  readonly mostRestarts: number;
  /** Since when it is so on the first of them, in milliseconds since the epoch. */
  readonly since: number | undefined;
  readonly crashLooping: CrashLoops | undefined;
};

export type CrashLoops = {
  readonly nodes: number;
  readonly mostRestarts: number;
  /** When the oldest of their pods was made, in milliseconds since the epoch. */
  readonly since: number | undefined;
};

type Member = {
  readonly finding: Finding;
  /** undefined where the names of `amount` nodes are not known. */
  readonly node: string | undefined;
  readonly amount: number;
  /** The wording without the names of node and pod. */
  readonly wording: string;
};

/**
 * The causes of these nodes: by script and code, exactly; by the words where the code only describes
 * an ending or there is none. What has failed comes first, then the cause of most nodes.
 * @param isMeant which findings count
 */
export function groupByCause(
  namespace: string,
  nodes: readonly NodeStatus[],
  gaps: readonly Gap[],
  isMeant: (state: NodeState) => boolean,
): readonly Cause[] {
  const groups = new Map<string, Member[]>();
  const keys = new Map<string, string>();
  const put = (finding: Finding, status: NodeStatus | undefined, amount: number): void => {
    if (finding.cause === "" || !isMeant(finding.state)) return;
    const place = { node: status?.node ?? "", pod: status?.pod };
    const wording = withoutNames(finding.cause, place);
    const { state, script, code = "" } = finding;
    let words = "";
    if (groupingOf(finding) === "words") {
      words = keys.get(wording) ?? keyOfWording(wording, place);
      keys.set(wording, words);
    }
    push(groups, [state, script, code, words].join("\n"), {
      finding,
      node: status?.node,
      amount,
      wording,
    });
  };
  for (const status of nodes) for (const finding of status.findings) put(finding, status, 1);
  for (const gap of gaps) put(gap, undefined, gap.amount);
  return Array.from(groups, ([key, members]) => describe(namespace, key, members)).toSorted(
    (a, b) =>
      urgencyOf(a.state) - urgencyOf(b.state) || amountOf(b) - amountOf(a) || compare(a.key, b.key),
  );
}

/** How many nodes have the cause. */
export function amountOf({ nodes, unnamed }: Pick<Cause, "nodes" | "unnamed">): number {
  return nodes.length + unnamed;
}

/** Codes of the framework describe an ending; codes of this program have different things behind them. */
function groupingOf({ code }: Finding): "code" | "words" {
  return code === undefined || Object.hasOwn(SCRIPTS, code) || isOurs(code) ? "words" : "code";
}

/** Whether Kubernetes shows it of the pod, and no script. */
function isOurs(code: string | undefined): boolean {
  return (
    code !== undefined && (Object.hasOwn(FLEET_NODES, code) || Object.hasOwn(FLEET_GAPS, code))
  );
}

function urgencyOf(state: NodeState): number {
  if (state === "running") return 2;
  return state === "not-started" ? 1 : 0;
}

function describe(namespace: string, key: string, members: readonly Member[]): Cause {
  const wordings = new Map<string, Member[]>();
  for (const member of members) push(wordings, member.wording, member);
  const [representative] = [...wordings].toSorted(
    ([a, those], [b, others]) => others.length - those.length || compare(a, b),
  );
  const those = representative?.[1] ?? members;
  const finding = those[0]?.finding;
  const { code } = finding ?? {};
  const names = new Set(members.flatMap(({ node }) => node ?? []));
  const words = key.split("\n").slice(3).join(" ").trim();
  return {
    state: finding?.state ?? "failed",
    namespace,
    script: finding?.script ?? "",
    code,
    cause: finding?.cause ?? "",
    fix: finding?.fix ?? "",
    link: finding?.link,
    first: those.find(({ finding: { first } }) => first !== undefined)?.finding.first,
    output: finding?.output,
    key: words === "" ? (code ?? "") : words,
    groupedBy: isOurs(code) || words === "" ? "code" : "words",
    wordings: wordings.size,
    nodes: [...names].toSorted(compareNames),
    unnamed: members.reduce((sum, { node, amount }) => sum + (node === undefined ? amount : 0), 0),
    mostRestarts: mostRestartsOf(members),
    since: firstOf(members),
    crashLooping: crashLoopsOf(members),
  };
}

function crashLoopsOf(members: readonly Member[]): CrashLoops | undefined {
  const looping = members.filter(({ finding }) => finding.isCrashLooping);
  if (looping.length === 0) return undefined;
  return {
    nodes: looping.length,
    mostRestarts: mostRestartsOf(looping),
    since: firstOf(looping),
  };
}

function mostRestartsOf(members: readonly Member[]): number {
  return members.reduce((most, { finding }) => Math.max(most, finding.restarts), 0);
}

function firstOf(members: readonly Member[]): number | undefined {
  const times = members.flatMap(({ finding }) => finding.since ?? []);
  return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b));
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
