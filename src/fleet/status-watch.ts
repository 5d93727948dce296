import { listPods } from "./kubectl.ts";
import { createProgress } from "./show/progress.ts";
import { createPodWatch, type PodWatch } from "./watch.ts";
import type { StatusConfig } from "./config.ts";
import type { Environment } from "../lib/environment.ts";
import { EXIT, exitStatusOfSignal } from "../lib/exit-status.ts";
import { print } from "../lib/print.ts";
import { lookForNodes, queryOf } from "./look.ts";
import { isAllPrepared, makeReport, refuse, showReport, writeMetrics } from "./show-report.ts";

/** Changes come in crowds; the whole is looked at no more often than this. */
const REFRESH_MS = 1_000;

/** So long nothing may have changed before all nodes are taken to be there: pods are made in crowds, too. */
const SETTLE_MS = 2_000;

/** Waited before the cluster is asked again after a second short watch; doubled each time. */
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/** Why watching came to its end. */
type End = "prepared" | "deadline" | NodeJS.Signals;

/** `init status --watch`: looks until all nodes are prepared, then tells; resolves to the exit status. */
export async function watchStatus(config: StatusConfig, env: Environment): Promise<number> {
  const list = await listPods(config, queryOf(config));
  if (!list.ok) return refuse(list.error, EXIT.cannot);
  const nodes = await lookForNodes(config);
  if (!nodes.ok) return refuse(nodes.error, EXIT.cannot);

  let watch = createPodWatch(config, queryOf(config), list.value);
  const stop = new AbortController();
  const ended = Promise.withResolvers<End>();
  const progress = createProgress((text) => print(2, text), {
    isTerminal: process.stderr.isTTY && env["TERM"] !== "dumb",
    width: process.stderr.columns ?? 80,
  });
  let report = makeReport(watch.pods(), nodes.value, config);
  let refresh: Timer | undefined;
  let settle: Timer | undefined;
  /** What is quiet because nobody listens has not settled. */
  let isFollowing = false;

  const onSignal = (signal: NodeJS.Signals): void => ended.resolve(signal);
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  if (config.timeoutMs > 0) setTimeout(() => ended.resolve("deadline"), config.timeoutMs);
  takeStock();
  const following = followForEver();
  const end = await ended.promise;
  stop.abort();
  clearTimeout(refresh);
  await following;
  report = makeReport(watch.pods(), nodes.value, config);
  progress.end();
  const status = showReport(report, config, env);
  if (end === "prepared" || status === EXIT.cannot) return status;
  return end === "deadline"
    ? isAllPrepared(report)
      ? EXIT.success
      : EXIT.deadline
    : exitStatusOfSignal(end);

  function changed(): void {
    clearTimeout(settle);
    refresh ??= setTimeout(takeStock, REFRESH_MS);
  }

  function takeStock(): void {
    refresh = undefined;
    report = makeReport(watch.pods(), nodes.ok ? nodes.value : [], config);
    progress.show(report);
    const written = writeMetrics(report, config);
    if (!written.ok) progress.note(written.error);
    clearTimeout(settle);
    if (isFollowing && isAllPrepared(report)) {
      settle = setTimeout(() => ended.resolve("prepared"), SETTLE_MS);
    }
  }

  async function followForEver(): Promise<void> {
    let delayMs = 0;
    while (!stop.signal.aborted) {
      const startedAt = performance.now();
      isFollowing = true;
      changed();
      const why = await watch.follow(changed, stop.signal);
      isFollowing = false;
      clearTimeout(settle);
      if (stop.signal.aborted) return;
      if (typeof why === "object") progress.note(why.failure);
      if (why !== "ended") watch = (await listAgain()) ?? watch;
      await sleepUnless(stop.signal, delayMs);
      // A watch that lasted was no failure to be slowed down for.
      const hasLasted = performance.now() - startedAt > LONGEST_RETRY_MS;
      delayMs = hasLasted ? 0 : Math.min(Math.max(RETRY_MS, delayMs * 2), LONGEST_RETRY_MS);
    }
  }

  async function listAgain(): Promise<PodWatch | undefined> {
    const again = await listPods(config, queryOf(config));
    if (!again.ok) progress.note(again.error);
    return again.ok ? createPodWatch(config, queryOf(config), again.value) : undefined;
  }
}

async function sleepUnless(signal: AbortSignal, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => resolve());
  await promise;
  clearTimeout(timer);
}
