/** Sets the node condition while the run goes on; nothing that fails here changes a verdict. */
import type { Node, NodeCondition } from "kubernetes-types/core/v1";
import { type Failure, failureOf } from "../../lib/failure/failure.ts";
import { CLUSTER } from "../../lib/failure/topics/cluster.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import { joinSentences } from "../../lib/text/show.ts";
import type { ApiCall } from "./client.ts";
import type { Cluster } from "./cluster.ts";
import { withLogCommand } from "./event.ts";
import { type ApiFailure, failureFor } from "./failure.ts";
import type { Get } from "./find-pod.ts";
import {
  conditionOf,
  needsPreparing,
  type NodeVerdict,
  patchWith,
  preparing,
  removalOf,
} from "./node-condition.ts";
import { callPatiently, slept } from "./retry.ts";

export type ConditionOptions = {
  /** --node-condition: `storageos.com/NodePrepared`. */
  readonly type: string;
  readonly openCluster: () => Promise<Result<Cluster, ApiFailure>>;
  /** Of this boot of the node (proc(5), random/boot_id). */
  readonly bootId: string;
  readonly log: (line: string) => void;
  /** The first request waits a random part of this, so that the nodes of a cluster do not call in step. */
  readonly spreadMs?: number;
};

/** What a run decides: NodePrepared, or the failure with the script that it is of. */
export type Verdict =
  | { readonly isPrepared: true; readonly summary: string }
  | { readonly isPrepared: false; readonly failure: Failure; readonly script: string | undefined };

export type ConditionReporter = {
  /** The scripts start; returns at once. */
  readonly begin: () => void;
  /** The verdict; returns at once. */
  readonly decide: (verdict: Verdict) => void;
  /** Ends when all is reported, or after `budgetMs`. */
  readonly close: (budgetMs: number) => Promise<void>;
};

const SPREAD_MS = 2_000;
const TASK = "report the node condition";
const RULE = `"get" on nodes and "patch" on nodes/status in a ClusterRole`;

export function createConditionReporter(options: ConditionOptions): ConditionReporter {
  const { type, bootId, log, spreadMs = SPREAD_MS } = options;
  const stop = new AbortController();
  const hurry = new AbortController();
  let target: Target | undefined;
  let decided: Verdict | undefined;
  let isLogged = false;
  let working = Promise.resolve();

  async function begin(): Promise<void> {
    await slept(Math.random() * spreadMs, AbortSignal.any([stop.signal, hurry.signal]));
    // With a verdict at hand there is nothing to prepare for.
    if (decided !== undefined) return;
    const opened = await openTarget(options, stop.signal, "first");
    if (!opened.ok) return;
    target = opened.value;
    if (decided !== undefined || !needsPreparing(target.current, bootId)) return;
    const condition = preparing(type, bootId, new Date());
    const patched = await target.patch(condition);
    if (patched.ok) target = { ...target, current: condition };
    else logOnce(patched.error);
  }

  async function decide(verdict: Verdict, at: Date): Promise<void> {
    const opened = target ? ok(target) : await openTarget(options, stop.signal, "last");
    if (!opened.ok) return logOnce(opened.error);
    const { current, patch, pod } = opened.value;
    const told = verdictOf(verdict, (fix) => withLogCommand(fix, pod));
    const patched = await patch(conditionOf(type, told, current, { bootId, at }));
    if (!patched.ok) logOnce(patched.error);
  }

  function logOnce({ cause, code, fix }: Failure): void {
    if (!isLogged) log(joinSentences(`${cause} (${code})`, fix));
    isLogged = true;
  }

  function schedule(work: () => Promise<void>): void {
    working = working.then(work).catch((error: unknown) => {
      const stack = error instanceof Error ? error.stack : String(error);
      log(`cannot ${TASK}: internal error; please report this bug: ${stack}`);
    });
  }

  return {
    begin: () => schedule(begin),
    decide(verdict) {
      decided = verdict;
      if (verdict.isPrepared) hurry.abort();
      const at = new Date();
      schedule(async () => decide(verdict, at));
    },
    async close(budgetMs) {
      const timer = setTimeout(() => stop.abort(), budgetMs);
      await working;
      clearTimeout(timer);
    },
  };
}

function verdictOf(verdict: Verdict, withCommand: (fix: string) => string): NodeVerdict {
  if (verdict.isPrepared) {
    return { isPrepared: true, reason: "NodePrepared", message: verdict.summary };
  }
  const { script, failure } = verdict;
  const message = joinSentences(failure.cause, withCommand(failure.fix));
  const about = script === undefined ? "" : `${script}: `;
  return { isPrepared: false, reason: failure.code, message: `${about}${message}` };
}

/** This pod's node and the condition that it has. */
type Target = {
  readonly pod: Parameters<typeof withLogCommand>[1];
  readonly current: NodeCondition | undefined;
  readonly patch: (condition: NodeCondition) => Promise<Result<void, Failure>>;
};

async function openTarget(
  { type, openCluster }: ConditionOptions,
  signal: AbortSignal,
  pass: "first" | "last",
): Promise<Result<Target, Failure>> {
  const cluster = await openCluster();
  if (!cluster.ok) return fail(failureFor(TASK, cluster.error, ""));
  const get = patientGet(cluster.value, signal);
  const found = await findNode(cluster.value, get, pass);
  if (!found.ok) return found;
  const { node, pod } = found.value;
  const path = `/api/v1/nodes/${encodeURIComponent(node)}`;
  const read = await get<Node>({ method: "GET", path });
  if (!read.ok) return fail(failureFor(TASK, read.error, RULE));
  const current = read.value.status?.conditions?.find((condition) => condition.type === type);
  const patch = async (condition: NodeCondition): Promise<Result<void, Failure>> => {
    const patched = await get(statusPatch(path, patchWith(condition)));
    return patched.ok ? ok(undefined) : fail(failureFor(TASK, patched.error, RULE));
  };
  return ok({ pod, current, patch });
}

function patientGet({ client }: Cluster, signal: AbortSignal): Get {
  return async (call) => callPatiently(client, call, { forMs: Infinity, signal });
}

/** A JSON merge patch would replace the whole list of conditions, and so remove Ready. */
function statusPatch(path: string, body: object): ApiCall {
  return { method: "PATCH", path: `${path}/status`, body, patch: "strategic-merge" };
}

type Found = { readonly node: string; readonly pod: Target["pod"] };

async function findNode(
  cluster: Cluster,
  get: Get,
  pass: "first" | "last",
): Promise<Result<Found, Failure>> {
  const found = await cluster.findPod(get, pass);
  if (!found.ok) return fail(failureOf(CLUSTER, "PodNotFound", { tried: found.error.tried }));
  const pod = found.value.identity;
  if (pod.node !== undefined) return ok({ node: pod.node, pod });
  const read = await cluster.readPod(get, pod);
  const rule = `"get" on pods in a Role in namespace ${pod.namespace}`;
  if (!read.ok) return fail(failureFor(TASK, read.error, rule));
  const node = read.value.spec?.nodeName;
  if (node !== undefined) return ok({ node, pod });
  return fail(failureOf(CLUSTER, "PodNotFound", { tried: "the API names no node of this pod" }));
}

/** Takes the condition from this pod's node, as after `init undo`; a node without it stays as it is. */
export async function removeCondition(
  options: Pick<ConditionOptions, "type" | "openCluster">,
  signal: AbortSignal,
): Promise<Result<void, Failure>> {
  const cluster = await options.openCluster();
  if (!cluster.ok) return fail(failureFor(TASK, cluster.error, ""));
  const get = patientGet(cluster.value, signal);
  const found = await findNode(cluster.value, get, "last");
  if (!found.ok) return found;
  const path = `/api/v1/nodes/${encodeURIComponent(found.value.node)}`;
  const patched = await get(statusPatch(path, removalOf(options.type)));
  return patched.ok ? ok(undefined) : fail(failureFor(TASK, patched.error, RULE));
}
