/** Posts pod events while the run goes on; nothing that fails here changes a verdict. */
import { isOfSuccess } from "../../lib/contract/pod-event.ts";
import { type Failure, failureOf } from "../../lib/failure/failure.ts";
import { CLUSTER } from "../../lib/failure/topics/cluster.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import type { Cluster } from "./cluster.ts";
import { buildEvent, type PodEvent } from "./event.ts";
import { createEventBudget } from "./event-budget.ts";
import { type CountsFile, type EventCounts, openEventCounts } from "./event-counts.ts";
import { type ApiFailure, failureFor, isTemporary } from "./failure.ts";
import { type Get, onlyInitContainer } from "./find-pod.ts";
import type { PodIdentity } from "./pod-identity.ts";
import { postEvent, type Send } from "./post-event.ts";
import { callPatiently, slept } from "./retry.ts";

export type EventReporterOptions = {
  readonly openCluster: () => Promise<Result<Cluster, ApiFailure>>;
  /** --event-output: whether a script's last output goes into the message. */
  readonly eventOutput: "tail" | "none";
  readonly log: (line: string) => void;
  /** Where the counts are kept between a container's restarts. */
  readonly countsFile?: CountsFile | undefined;
  /** The first request about a failure waits a random part of this, so that the nodes of a cluster do not call in step. */
  readonly spreadMs?: number;
};

export type EventReporter = {
  /** Takes the event and returns at once. */
  readonly post: (event: PodEvent) => void;
  /** Ends when all is posted, or after `budgetMs`. */
  readonly close: (budgetMs: number) => Promise<void>;
};

const SPREAD_MS = 2_000;

/** Does nothing before the first event. */
export function createEventReporter(options: EventReporterOptions): EventReporter {
  const { log, spreadMs = SPREAD_MS } = options;
  const stop = new AbortController();
  const budget = createEventBudget();
  const session = createSession(options, stop.signal);
  let queue: Dated[] = [];
  let working = Promise.resolve();
  let isFirst = true;
  let isLogged = false;

  /** Posts what is queued, if it is known by then which pod this is. */
  async function work(pass: "first" | "last"): Promise<void> {
    const [next] = queue;
    if (next === undefined) return;
    if (isFirst && !isOfSuccess(next.event.reason)) {
      await slept(Math.random() * spreadMs, stop.signal);
    }
    isFirst = false;
    const opened = await session.open(pass);
    if (!opened.ok) {
      if (opened.error.isFinal) logOnce(opened.error.failure);
      return;
    }
    for (let dated = queue.shift(); dated !== undefined; dated = queue.shift()) {
      const posted = await opened.value(dated);
      if (!posted.ok) logOnce(posted.error);
    }
  }

  function schedule(events: readonly PodEvent[], pass: "first" | "last"): void {
    const at = new Date();
    queue = [...queue, ...events.map((event) => ({ event, at }))];
    working = working.then(async () => work(pass)).catch(logDefect);
  }

  function logOnce({ code, cause, fix }: Failure): void {
    if (!isLogged) log(`${cause} (${code}). ${fix}`);
    isLogged = true;
  }

  // a run must not end for a defect in what only reports it
  function logDefect(error: unknown): void {
    const stack = error instanceof Error ? error.stack : String(error);
    if (!isLogged) log(`cannot post pod events: internal error; please report this bug: ${stack}`);
    isLogged = true;
  }

  return {
    post: (event) => schedule(budget.admit(event), "first"),
    async close(budgetMs) {
      const timer = setTimeout(() => stop.abort(), budgetMs);
      schedule(budget.flush(), "last");
      await working;
      clearTimeout(timer);
    },
  };
}

type Dated = { readonly event: PodEvent; readonly at: Date };

/** Posts one event. */
type Post = (dated: Dated) => Promise<Result<void, Failure>>;

/** Why nothing can be posted; `isFinal` if a later attempt cannot help. */
type NotOpen = { readonly failure: Failure; readonly isFinal: boolean };

type Session = { readonly open: (pass: "first" | "last") => Promise<Result<Post, NotOpen>> };

/** Which pod the events are of is looked for at the first event, and once more at the end of the run. */
function createSession(options: EventReporterOptions, signal: AbortSignal): Session {
  let post: Post | undefined;
  let first: NotOpen | undefined;
  return {
    async open(pass) {
      if (post !== undefined) return ok(post);
      if (first !== undefined && (pass === "first" || first.isFinal)) return fail(first);
      const cluster = await options.openCluster();
      const opened = cluster.ok
        ? await openSession(options, cluster.value, signal, pass)
        : fail({ failure: failureFor("post pod events", cluster.error, ""), isFinal: true });
      if (opened.ok) post = opened.value;
      else first = opened.error;
      return opened;
    },
  };
}

async function openSession(
  { eventOutput, countsFile }: EventReporterOptions,
  cluster: Cluster,
  signal: AbortSignal,
  pass: "first" | "last",
): Promise<Result<Post, NotOpen>> {
  const send: Send = async (call, onRetry) =>
    callPatiently(cluster.client, call, { forMs: Infinity, signal, onRetry });
  const get: Get = async (call) => send(call);
  const found = await cluster.findPod(get, pass);
  if (!found.ok) {
    const { tried, apiFailure } = found.error;
    const failure = failureOf(CLUSTER, "PodNotFound", { tried });
    const isFinal = pass === "last" || (apiFailure !== undefined && !isTemporary(apiFailure));
    return fail({ failure, isFinal });
  }
  const pod = await withContainer(found.value.identity, cluster, signal);
  const counts = await openEventCounts(countsFile, pod.uid);
  return ok(async (dated) => postOne(dated, { pod, send, counts, eventOutput }));
}

/** A detail of the event, which may not hold it up. */
const CONTAINER_MS = 2_000;

/** Where neither mounts nor logs name the container, and the pod may be read, its only one is this. */
async function withContainer(
  pod: PodIdentity,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<PodIdentity> {
  if (pod.container !== undefined) return pod;
  const get: Get = async (call) => cluster.client.call(call, { timeoutMs: CONTAINER_MS, signal });
  const read = await cluster.readPod(get, pod);
  return read.ok ? { ...pod, container: onlyInitContainer(read.value) } : pod;
}

type Surroundings = {
  readonly pod: PodIdentity;
  readonly send: Send;
  readonly counts: EventCounts;
  readonly eventOutput: "tail" | "none";
};

async function postOne(
  { event, at }: Dated,
  { pod, send, counts, eventOutput }: Surroundings,
): Promise<Result<void, Failure>> {
  const { reason, script } = event;
  const text = eventOutput === "tail" ? event.text : { ...event.text, output: "" };
  const posted = await postEvent(buildEvent(pod, { ...event, text }, at), send, counts);
  if (posted.ok) return posted;
  const what = script === undefined ? reason : `${reason} of script "${script}"`;
  const rule = `"create" and "patch" on events in a Role in namespace ${pod.namespace}`;
  return fail(failureFor(`post pod event ${what}`, posted.error, rule));
}
