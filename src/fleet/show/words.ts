import { formatDuration } from "../../lib/text/duration.ts";
import { count } from "../../lib/text/show.ts";
import { amountOf, type Cause } from "../group.ts";
import type { Finding, NodeState } from "../node-status.ts";
import { formatCount } from "../verdict.ts";

/** Words that every format for people shares. */
export const STATE_WORDS: Readonly<Record<NodeState, string>> = {
  failed: "failed",
  "timed-out": "timed out",
  unknown: "unknown",
  "no-pod": "no pod",
  "not-started": "not started",
  running: "running",
  warned: "prepared with warnings",
  prepared: "prepared",
};

/** `20 nodes failed in 10-lio/lio.ts: Module tcm_loop not found (ModuleMissing)`. */
export function describeCause(found: Cause): string {
  const { state, script, cause, code } = found;
  const amount = amountOf(found);
  const where = script === "" ? "" : ` in ${script}`;
  return `${countNodes(amount)} ${verbOf(state, amount)}${where}: ${withCode({ cause, code })}`;
}

/** `Module tcm_loop not found (ModuleMissing)`. */
export function withCode({ cause, code }: Pick<Finding, "cause" | "code">): string {
  return code === undefined || cause === "" ? cause : `${cause} (${code})`;
}

function verbOf(state: NodeState, amount: number): string {
  if (state === "no-pod") return amount === 1 ? "has no pod" : "have no pod";
  return state === "warned" ? "with a warning" : STATE_WORDS[state];
}

/** `failed, crash-looping: 10-lio/lio.ts: Module tcm_loop not found`. */
export function describeFinding({ state, isCrashLooping, script, cause }: Finding): string {
  const words = isCrashLooping ? `${STATE_WORDS[state]}, crash-looping` : STATE_WORDS[state];
  return [words, script, cause].filter(Boolean).join(": ");
}

/** `crash-looping: 20 nodes, up to 8 restarts, since 2026-11-22 02:13 UTC (3h ago)`; empty if none is. */
export function describeCrashLoops({ crashLooping }: Cause, at: number): string {
  if (crashLooping === undefined) return "";
  const { nodes, mostRestarts, since } = crashLooping;
  const start =
    since === undefined ? "" : `, since ${formatTime(since)} (${formatAge(at - since)} ago)`;
  return `${countNodes(nodes)}, up to ${count(mostRestarts, "restart")}${start}`;
}

/** `up to 2 restarts, since 2026-11-22 02:13 UTC (3h ago)`; empty if nothing is known of it. */
export function describeSince({ mostRestarts, since, crashLooping }: Cause, at: number): string {
  if (crashLooping !== undefined) return "";
  const restarts = mostRestarts === 0 ? "" : `up to ${count(mostRestarts, "restart")}, since `;
  return since === undefined
    ? ""
    : `${restarts}${formatTime(since)} (${formatAge(at - since)} ago)`;
}

/** `2026-11-22 02:13 UTC: no space left on /var (DiskFull)`; empty if it began with the same failure. */
export function describeBeginning({ first }: Cause): string {
  if (first === undefined) return "";
  return `${formatTime(Date.parse(first.at))}: ${withCode(first)}`;
}

/** What the script printed last, in one line. */
export function describeOutput({ output = [] }: Cause): string {
  return output.join(" | ");
}

/** How nodes fell together, where it was not by a code alone. */
export function describeGrouping(cause: Cause): string {
  const { wordings, groupedBy } = cause;
  if (amountOf(cause) === 1) return "";
  const by = "grouped by words, as there is no code that names the cause";
  if (wordings === 1) return groupedBy === "words" ? by : "";
  const which =
    groupedBy === "words" ? "wordings that differ in numbers or releases" : "wordings of this code";
  const most = `${formatCount(wordings)} ${which}; this is the most frequent`;
  return groupedBy === "words" ? `${most} (${by})` : most;
}

/** The nodes of a cause: `node-1, node-2 and 18 more`, and those whose names are not known. */
export function describeNodes({ nodes, unnamed }: Cause, most: number): string {
  const unknown = unnamed === 0 ? "" : `${countNodes(unnamed)} of unknown name`;
  return [listNodes(nodes, most), unknown].filter(Boolean).join(", and ");
}

export function countNodes(amount: number): string {
  return `${formatCount(amount)} node${amount === 1 ? "" : "s"}`;
}

/** `node-1, node-2 and 18 more`. */
export function listNodes(nodes: readonly string[], most: number): string {
  const shown = nodes.slice(0, most).join(", ");
  const more = nodes.length - most;
  return more > 0 ? `${shown} and ${formatCount(more)} more` : shown;
}

/** `2026-11-22 02:13 UTC`. */
export function formatTime(at: number): string {
  return `${isoTime(at)?.slice(0, 16).replace("T", " ")} UTC`;
}

/** `02:13:05 UTC`. */
export function formatClock(at: number): string {
  return `${isoTime(at)?.slice(11, 19)} UTC`;
}

/** undefined for a time that no calendar has. */
export function isoTime(at: number | undefined): string | undefined {
  return at === undefined || Math.abs(at) > 8.64e15 ? undefined : new Date(at).toISOString();
}

/** `45s`, `12m`, `3h`, `4d`: an age needs no more than its largest unit. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds}s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)}m`;
  return seconds < 36 * 3600 ? `${Math.round(seconds / 3600)}h` : `${Math.round(seconds / 86400)}d`;
}

export function formatMs(ms: number | undefined): string {
  return ms === undefined ? "-" : formatDuration(ms);
}
