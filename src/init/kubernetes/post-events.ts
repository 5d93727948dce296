/** Posts pod events while the run goes on; nothing that fails here changes a verdict. */
import { fail, ok, type Result } from "../../lib/result.ts";
import type { Environment } from "../../lib/environment.ts";
import { isInCluster, openClient } from "./client.ts";
import { buildEvent, type PodEvent } from "./event.ts";
import { openEventCounts } from "./event-counts.ts";
import { adviceFor, type ApiFailure, describeFailure } from "./failure.ts";
import { identifyPod, type PodIdentity } from "./pod-identity.ts";
import { postEvent, type Send } from "./post-event.ts";
import { callPatiently, slept } from "./retry.ts";

export type EventReporterOptions = {
  readonly env: Environment;
  /** `/proc/1/root` or `/`. */
  readonly hostRoot: string;
  /** --event-output: whether a script's last output goes into the message. */
  readonly eventOutput: "tail" | "none";
  readonly log: (line: string) => void;
  /** Where the counts are kept between a container's restarts. */
  readonly stateDir?: string | undefined;
  /** The first request about a failure waits a random part of this, so that the nodes of a cluster do not call in step. */
  readonly spreadMs?: number;
  /** Where kubelet mounts the ServiceAccount; only tests have another. */
  readonly serviceAccountDir?: string;
  /** The text of /proc/self/mountinfo, read if undefined. */
  readonly mountinfo?: string;
};

export type EventReporter = {
  /** Takes the event and returns at once. */
  readonly post: (event: PodEvent) => void;
  /** Ends when all is posted, or after `budgetMs`. */
  readonly close: (budgetMs: number) => Promise<void>;
};

const SPREAD_MS = 2_000;

/** Does nothing before the first event, and outside a cluster nothing at all. */
export function createEventReporter(options: EventReporterOptions): EventReporter {
  const stop = new AbortController();
  let session: Promise<Result<Session, string>> | undefined;
  let posting = Promise.resolve();
  let said = false;

  async function deliver(event: PodEvent, at: Date): Promise<void> {
    session ??= openSession(options, event, stop.signal);
    const opened = await session;
    const posted = opened.ok ? await opened.value(event, at) : opened;
    if (!posted.ok) sayOnce(posted.error);
  }

  function sayOnce(line: string): void {
    if (!said) options.log(line);
    said = true;
  }

  // a run must not end for a defect in what only tells of it
  function sayDefect(error: unknown): void {
    const stack = error instanceof Error ? error.stack : String(error);
    sayOnce(`cannot post pod events, by a defect in storageos-init: ${stack}`);
  }

  return {
    post(event) {
      const at = new Date();
      if (!isInCluster(options.env)) return;
      posting = posting.then(() => deliver(event, at)).catch(sayDefect);
    },
    async close(budgetMs) {
      const timer = setTimeout(() => stop.abort(), budgetMs);
      await posting;
      clearTimeout(timer);
    },
  };
}

/** Posts one event; a failure is the line for the log. */
type Session = (event: PodEvent, at: Date) => Promise<Result<void, string>>;

async function openSession(
  { spreadMs = SPREAD_MS, ...options }: EventReporterOptions,
  first: PodEvent,
  signal: AbortSignal,
): Promise<Result<Session, string>> {
  if (first.reason !== "NodePrepared") await slept(Math.random() * spreadMs, signal);
  const client = openClient(options.env, options.serviceAccountDir);
  if (!client.ok) {
    const advice = adviceFor(client.error, "");
    return fail(`cannot post pod events: ${describeFailure(client.error)}. ${advice}`);
  }
  const send: Send = async (call, onRetry) =>
    callPatiently(client.value, call, { forMs: Infinity, signal, onRetry });
  const pod = await identifyPod(options, {
    namespace: client.value.namespace,
    get: async (call) => send(call),
  });
  if (!pod.ok) return fail(`pod events are off: ${pod.error}`);
  const counts = openEventCounts(options.stateDir, pod.value.uid);
  return ok(async (event, at) => {
    const text = options.eventOutput === "tail" ? event.text : { ...event.text, output: "" };
    const object = buildEvent(pod.value, { ...event, text }, at);
    const posted = await postEvent(object, send, counts);
    return posted.ok ? posted : fail(cannotPost(event, pod.value, posted.error));
  });
}

function cannotPost(
  { reason, script }: PodEvent,
  { namespace }: PodIdentity,
  failure: ApiFailure,
): string {
  const what = script === undefined ? reason : `${reason} of script "${script}"`;
  const rule = `Allow the pod's ServiceAccount "create" and "patch" on events in a Role in namespace ${namespace} (deploy/rbac.yaml), or pass --events off`;
  const advice = adviceFor(failure, rule);
  return `cannot post pod event ${what}: ${describeFailure(failure)}. ${advice}`;
}
