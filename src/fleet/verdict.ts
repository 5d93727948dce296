import { count } from "../lib/text/show.ts";
import type { Cause } from "./group.ts";
import type { NodeState } from "./node-status.ts";

type Counts = Readonly<Record<NodeState, number>>;

/**
 * `4,963 of 5,000 nodes prepared, 37 not: 3 causes`; where not all of the others failed,
 * `…, 140 not: 37 failed (3 causes), 100 running, 3 without a pod`.
 */
export function describeVerdict(counts: Counts, causes: readonly Cause[]): string {
  const prepared = counts.prepared + counts.warned;
  const failed = counts.failed + counts["timed-out"];
  const missing = failed + counts["no-pod"] + counts["not-started"] + counts.running;
  const total = prepared + missing;
  const head = `${formatCount(prepared)} of ${formatCount(total)} ${total === 1 ? "node" : "nodes"} prepared`;
  if (missing === 0) return counts.warned === 0 ? head : `${head}, ${withWarnings(counts.warned)}`;
  const ofFailed = causes.filter(({ state }) => state === "failed" || state === "timed-out");
  if (failed === missing) {
    return `${head}, ${formatCount(missing)} not: ${count(ofFailed.length, "cause")}`;
  }
  const parts = [
    failed === 0 ? "" : `${formatCount(failed)} failed (${count(ofFailed.length, "cause")})`,
    part(counts.running, "running"),
    part(counts["not-started"], "not started"),
    part(counts["no-pod"], "without a pod"),
  ];
  return `${head}, ${formatCount(missing)} not: ${parts.filter(Boolean).join(", ")}`;
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
