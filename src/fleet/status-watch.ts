import type { Environment } from "../lib/environment.ts";
import { EXIT, exitStatusOfSignal } from "../lib/exit-status.ts";
import { failureOf, type Failure } from "../lib/failure/failure.ts";
import { FLEET } from "../lib/failure/topics/fleet.ts";
import { print } from "../lib/print.ts";
import { formatDuration } from "../lib/text/duration.ts";
import { joinSentences } from "../lib/text/show.ts";
import type { StatusConfig } from "./config.ts";
import { follow, type Following } from "./follow.ts";
import type { Scope } from "./owners.ts";
import type { FleetReport } from "./report.ts";
import { createProgress } from "./show/progress.ts";
import { formatClock } from "./show/words.ts";
import {
  isAllPrepared,
  lineOf,
  makeReport,
  refuse,
  showReport,
  writeMetrics,
} from "./show-report.ts";

/** Changes come in crowds; the whole is looked at no more often than this. */
const REFRESH_MS = 1_000;

/** So long nothing may have changed before it counts as the end: pods are made in crowds, too. */
const SETTLE_MS = 2_000;

/** DaemonSets that are not known yet are looked for no more often than this. */
const OWNERS_MS = 10_000;

/** Why watching came to its end. */
type End = "prepared" | "deadline" | NodeJS.Signals | Failure;

/** `init status --watch`: looks until all nodes are prepared, then reports; resolves to the exit status. */
export async function watchStatus(
  config: StatusConfig,
  scope: Scope,
  env: Environment,
): Promise<number> {
  const stop = new AbortController();
  const ended = Promise.withResolvers<End>();
  const progress = createProgress((text) => print(2, text), {
    isTerminal: process.stderr.isTTY && env["TERM"] !== "dumb",
    width: process.stderr.columns ?? 80,
  });
  let refresh: Timer | undefined;
  let settle: Timer | undefined;
  let hasShown = false;
  let trouble: Failure | undefined;
  let ownersAt = performance.now();
  const following = follow(config, { changed, troubled }, stop.signal);

  const onSignal = (signal: NodeJS.Signals): void => ended.resolve(signal);
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  if (config.timeoutMs > 0) setTimeout(() => ended.resolve("deadline"), config.timeoutMs);
  const running = following.run().then((failure) => {
    if (failure !== undefined) ended.resolve(failure);
  });
  const end = await ended.promise;
  const { report } = stateOf(following, scope);
  const isPrepared = isDone(report);
  stop.abort();
  clearTimeout(refresh);
  clearTimeout(settle);
  await running;
  progress.end();
  if (typeof end === "object") return refuse(end, EXIT.cannot);
  return conclude(report, end);

  function changed(): void {
    clearTimeout(settle);
    refresh ??= setTimeout(() => void takeStock(), hasShown ? REFRESH_MS : 0);
  }

  function troubled(failure: Failure): void {
    trouble = failure;
    progress.note(joinSentences(failure.cause, failure.fix, "Trying again"));
    changed();
  }

  async function takeStock(): Promise<void> {
    refresh = undefined;
    const { report: now, staleness } = stateOf(following, scope);
    if (now === undefined) return;
    progress.show(now, staleness);
    hasShown = true;
    const written = writeMetrics(now, config);
    if (!written.ok) progress.note(lineOf(written.error));
    clearTimeout(settle);
    if (isDone(now)) settle = setTimeout(() => void settled(), SETTLE_MS);
    const isUnknown = now.total === 0 || now.counts.unknown > 0 || following.hasNewOwners();
    if (isUnknown && following.isLive() && !stop.signal.aborted) await lookForOwners();
  }

  function isDone(now: FleetReport | undefined): boolean {
    return now !== undefined && following.isLive() && isAllPrepared(now);
  }

  /** DaemonSets may have changed, or nodes have come, without a change of the pods. */
  async function settled(): Promise<void> {
    const isKnown = await following.lookAgain();
    if (isKnown && isDone(stateOf(following, scope).report)) ended.resolve("prepared");
    else changed();
  }

  async function lookForOwners(): Promise<void> {
    const wait = ownersAt + OWNERS_MS - performance.now();
    if (wait > 0) {
      refresh ??= setTimeout(() => void takeStock(), wait);
      return;
    }
    ownersAt = performance.now();
    if (await following.lookAgain()) changed();
  }

  function conclude(last: FleetReport | undefined, why: Exclude<End, Failure>): number {
    const isLate = why === "deadline";
    if (last === undefined) {
      if (!isLate) return exitStatusOfSignal(why as NodeJS.Signals);
      const timeout = formatDuration(config.timeoutMs);
      const failure = failureOf(FLEET, "NoAnswer", { timeout, why: trouble?.cause ?? "" });
      return refuse(failure, EXIT.deadline);
    }
    const status = showReport(last, config, env);
    if (why === "prepared" || status === EXIT.cannot) return status;
    if (!isLate) return exitStatusOfSignal(why);
    return isPrepared ? EXIT.success : EXIT.deadline;
  }
}

/** What is known, and how old that is where the API server sends no changes; empty if it does. */
function stateOf(
  following: Following,
  scope: Scope,
): { readonly report: FleetReport | undefined; readonly staleness: string } {
  const looked = following.looked();
  if (looked === undefined) return { report: undefined, staleness: "" };
  const at = following.heardAt();
  if (following.isLive()) {
    return { report: makeReport(looked, scope, Date.now()), staleness: "" };
  }
  const staleness = `as of ${formatClock(at)}: the API server has not answered since`;
  const notes = [...looked.notes, staleness];
  return { report: makeReport({ ...looked, notes }, scope, at), staleness };
}
