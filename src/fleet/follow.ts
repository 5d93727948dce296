import type { Failure } from "../lib/failure/failure.ts";
import type { StatusConfig } from "./config.ts";
import type { ListFailure } from "./list.ts";
import { lookAtCluster, lookAtOwners, podQuery, type Looked, type OwnersSeen } from "./look.ts";
import { ownerKey } from "./snapshot.ts";
import { createPodWatch, type PodWatch } from "./watch.ts";

/** Waited before the cluster is asked again after a second short watch; doubled each time. */
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/** The API server sends a bookmark every minute: after so long a silence the connection is dead. */
const SILENCE_MS = 150_000;

export type FollowListener = {
  readonly changed: () => void;
  /** Something went wrong, and it is tried again. */
  readonly troubled: (failure: Failure) => void;
};

/** A cluster that is looked at once and then followed, whatever becomes of its API server. */
export type Following = {
  /** What is known; undefined before the first complete look. */
  readonly looked: () => Looked | undefined;
  /** When the API server last sent something, in milliseconds since the epoch. */
  readonly heardAt: () => number;
  /** Whether the API server answers and sends changes: what is quiet because nobody listens has not settled. */
  readonly isLive: () => boolean;
  /** Whether a pod is of a DaemonSet that is not known. */
  readonly hasNewOwners: () => boolean;
  /** Reads DaemonSets, events and nodes again; false if that failed. */
  readonly lookAgain: () => Promise<boolean>;
  /** Follows until the signal is aborted; resolves to a failure that trying again would not change. */
  readonly run: () => Promise<Failure | undefined>;
};

export function follow(
  config: StatusConfig,
  { changed, troubled }: FollowListener,
  signal: AbortSignal,
): Following {
  let watch: PodWatch | undefined;
  let seen: Looked | undefined;
  let isExpired = true;
  /** Since the last watch, so that the API server is known to answer. */
  let hasListed = false;
  let heardAt = 0;
  let isLive = false;
  let isWatching = false;

  return { looked, heardAt: () => heardAt, isLive: () => isLive, hasNewOwners, lookAgain, run };

  function looked(): Looked | undefined {
    if (seen === undefined || watch === undefined) return seen;
    return { ...seen, snapshot: { ...seen.snapshot, pods: watch.pods() } };
  }

  function hasNewOwners(): boolean {
    const known = new Set(
      seen?.snapshot.daemonSets?.map(({ namespace, name, uid }) => ownerKey(namespace, name, uid)),
    );
    return (watch?.pods() ?? []).some(
      ({ owner, namespace }) =>
        owner !== undefined && !known.has(ownerKey(namespace, owner.name, owner.uid)),
    );
  }

  async function lookAgain(): Promise<boolean> {
    const owners = await lookAtOwners(config, signal);
    if (signal.aborted) return false;
    if (!owners.ok) {
      troubled(owners.error.failure);
      return false;
    }
    setOwners(owners.value);
    heard();
    return true;
  }

  function heard(): void {
    heardAt = Date.now();
    isLive = isWatching;
  }

  function setOwners({ daemonSets, refusals, nodes, notes }: OwnersSeen): void {
    if (seen === undefined) return;
    seen = { ...seen, notes, snapshot: { ...seen.snapshot, daemonSets, refusals, nodes } };
  }

  async function run(): Promise<Failure | undefined> {
    let delayMs = 0;
    while (!signal.aborted) {
      const startedAt = performance.now();
      const failure = isExpired ? await listPods() : undefined;
      if (failure !== undefined && seen === undefined && !failure.isTransient) {
        return failure.failure;
      }
      if (failure === undefined) await followWatch();
      await sleepUnless(signal, delayMs);
      // A watch that lasted was no failure to be slowed down for.
      const hasLasted = performance.now() - startedAt > LONGEST_RETRY_MS;
      delayMs = hasLasted ? 0 : Math.min(Math.max(RETRY_MS, delayMs * 2), LONGEST_RETRY_MS);
    }
    return undefined;
  }

  async function listPods(): Promise<ListFailure | undefined> {
    const list = await lookAtCluster(config, signal);
    if (signal.aborted) return undefined;
    if (!list.ok) {
      troubled(list.error.failure);
      return list.error;
    }
    seen = list.value;
    const { pods } = seen.snapshot;
    watch = createPodWatch(config, podQuery(config), {
      pods,
      resourceVersion: seen.resourceVersion,
    });
    isExpired = false;
    heardAt = Date.now();
    hasListed = true;
    return undefined;
  }

  async function followWatch(): Promise<void> {
    if (watch === undefined || signal.aborted) return;
    const silence = new AbortController();
    const silent = (): void => silence.abort();
    let timer = setTimeout(silent, SILENCE_MS);
    isWatching = true;
    isLive = hasListed;
    // A watch of quiet pods says nothing for a minute: whether the API server is back shows at once so.
    if (!hasListed) void lookAgain().then(changed);
    hasListed = false;
    changed();
    const listener = {
      changed,
      heard: () => {
        heard();
        clearTimeout(timer);
        timer = setTimeout(silent, SILENCE_MS);
      },
    };
    const end = await watch.follow(listener, AbortSignal.any([signal, silence.signal]));
    clearTimeout(timer);
    isWatching = false;
    isLive = false;
    if (signal.aborted) return;
    if (typeof end === "object") troubled(end.failure);
    isExpired = end === "expired" || (typeof end === "object" && !end.isTransient);
    changed();
  }
}

async function sleepUnless(signal: AbortSignal, ms: number): Promise<void> {
  if (ms === 0 || signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}
