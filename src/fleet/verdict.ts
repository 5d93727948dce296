import { count } from "../lib/text/show.ts";
import { amountOf, type Cause } from "./group.ts";
import type { NodeState } from "./node-status.ts";

type Counts = Readonly<Record<NodeState, number>>;

/**
 * `4,963 of 5,000 nodes prepared, 37 not: 3 causes`; where not all of the others failed,
 * `…, 140 not: 37 failed (3 causes), 100 running, 3 without a pod`.
 */
export function describeVerdict(counts: Counts, causes: readonly Cause[]): string {
  const prepared = counts.prepared + counts.warned;
  const failed = counts.failed + counts["timed-out"];
  const missing =
    failed + counts.unknown + counts["no-pod"] + counts["not-started"] + counts.running;
  const total = prepared + missing;
  const head = `${formatCount(prepared)} of ${formatCount(total)} ${total === 1 ? "node" : "nodes"} prepared`;
  if (missing === 0) return counts.warned === 0 ? head : `${head}, ${withWarnings(counts.warned)}`;
  const ofFailed = causes.filter(({ state }) => state === "failed" || state === "timed-out");
  if (failed === missing) {
    return `${head}, ${formatCount(missing)} not: ${count(ofFailed.length, "cause")}`;
  }
  const parts = [
    failed === 0 ? "" : `${formatCount(failed)} failed (${count(ofFailed.length, "cause")})`,
    part(counts.unknown, "unknown"),
    part(counts.running, "running"),
    part(counts["not-started"], "not started"),
    ...partsWithoutPod(counts["no-pod"], causes),
  ];
  return `${head}, ${formatCount(missing)} not: ${parts.filter(Boolean).join(", ")}`;
}

/** Why a node has no pod, where that is known, in the verdict's words. */
const WITHOUT_POD: Readonly<Record<string, string>> = {
  NodeNotSelected: "not selected",
  NodeTainted: "tainted",
  NodeCordoned: "cordoned",
};

function partsWithoutPod(amount: number, causes: readonly Cause[]): readonly string[] {
  const known = Object.entries(WITHOUT_POD).map(([code, words]) => {
    const those = causes.filter((cause) => cause.state === "no-pod" && cause.code === code);
    return { words, nodes: those.reduce((sum, cause) => sum + amountOf(cause), 0) };
  });
  const rest = known.reduce((left, { nodes }) => left - nodes, amount);
  return [
    ...known.map(({ nodes, words }) => part(nodes, words)),
    part(Math.max(0, rest), "without a pod"),
  ];
}

/** `5,000`. */
export function formatCount(amount: number): string {
  return amount.toLocaleString("en");
}

function withWarnings(amount: number): string {
  return `${formatCount(amount)} of them with warnings`;
}

function part(amount: number, what: string): string {
  return amount === 0 ? "" : `${formatCount(amount)} ${what}`;
}

/** How many namespaces the first line names. */
const MOST_NAMESPACES = 8;

/** The first line where DaemonSets of several namespaces are looked at: those with failures first. */
export function describeNamespaces(
  sections: readonly {
    readonly namespace: string;
    readonly verdict: string;
    readonly prepared: number;
    readonly total: number;
  }[],
): string {
  const bad = sections.filter(({ prepared, total }) => prepared < total);
  const good = sections.filter(({ prepared, total }) => prepared >= total);
  const all = [...bad, ...good];
  const named = all
    .slice(0, MOST_NAMESPACES)
    .map(({ namespace, verdict }) => `${nameIn(namespace)}: ${verdict}`);
  const more = all.length - named.length;
  return [
    `${count(all.length, "namespace")}, ${bad.length === 0 ? "all prepared" : `${bad.length} not prepared`}`,
    ...named,
    ...(more > 0 ? [`and ${count(more, "more namespace")}`] : []),
  ].join("; ");
}

/** What Kubernetes cannot have as a name is somebody's text: it must not act in any format. */
function nameIn(namespace: string): string {
  return /^[a-z\d.-]+$/.test(namespace) ? namespace : "(a namespace with an impossible name)";
}
