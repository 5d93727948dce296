/** The node image: which image the main container of this pod runs. */
import type { Environment } from "../../lib/environment.ts";
import type { DaemonSet } from "kubernetes-types/apps/v1";
import type { Pod, PodSpec } from "kubernetes-types/core/v1";
import { type Failure, failureOf } from "../../lib/failure/failure.ts";
import { CLUSTER } from "../../lib/failure/topics/cluster.ts";
import { parseImageReference } from "../../lib/image-reference.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import { type ApiCall, type ApiClient, isInCluster } from "./client.ts";
import type { Cluster } from "./cluster.ts";
import {
  type ApiFailure,
  describeBriefly,
  describeFailure,
  failureFor,
  isUnreachable,
} from "./failure.ts";
import type { Get, PodUnknown } from "./find-pod.ts";
import { callPatiently } from "./retry.ts";

/** Deadline of the one call that only compares. */
const COMPARE_MS = 2_000;

export type NodeImageOptions = {
  /** `-nodeImage`. */
  readonly flag?: string | undefined;
  readonly env: Environment;
  readonly dsName: string;
  readonly dsNamespace: string;
  /** The node container's name. */
  readonly container: string;
  readonly log: (line: string) => void;
  /** Called only where the API has to be asked. */
  readonly openCluster: () => Promise<Result<Cluster, ApiFailure>>;
};

/** `image` is undefined only outside a cluster with none given; `source` says where it is from. */
export type NodeImage = { readonly image: string | undefined; readonly source: string };

/** `isDecided` is false where no API server decided anything. */
export type LookUpFailure = { readonly failure: Failure; readonly isDecided: boolean };

/**
 * The first of: the flag, NODE_IMAGE, the container in this pod's own spec, the one in the
 * DaemonSet's template. The last two can differ, since with the update strategy OnDelete a template
 * names what the next pod will run; where both are readable and differ, a log line says so.
 */
export async function lookUpNodeImage(
  options: NodeImageOptions,
  deadlineMs = 60_000,
): Promise<Result<NodeImage, LookUpFailure>> {
  const { flag, env } = options;
  if (flag) return given(flag, "-nodeImage");
  if (env["NODE_IMAGE"]) return given(env["NODE_IMAGE"], "NODE_IMAGE");
  if (!isInCluster(env)) {
    return ok({ image: undefined, source: "none given, and this is not in a cluster" });
  }
  const cluster = await options.openCluster();
  if (!cluster.ok) return fail(noAnswer(cluster.error));
  return askCluster(options, cluster.value, deadlineMs);
}

function given(image: string, source: string): Result<NodeImage, LookUpFailure> {
  const reference = parseImageReference(image);
  if (reference.ok) return ok({ image, source });
  return decided(failureOf(CLUSTER, "NodeImageInvalid", { source, what: reference.error }));
}

function decided(failure: Failure): Result<never, LookUpFailure> {
  return fail({ failure, isDecided: true });
}

const TASK = "look up the node image";

function noAnswer(failure: ApiFailure, rule = ""): LookUpFailure {
  return { failure: failureFor(TASK, failure, rule), isDecided: !isUnreachable(failure) };
}

async function askCluster(
  options: NodeImageOptions,
  cluster: Cluster,
  deadlineMs: number,
): Promise<Result<NodeImage, LookUpFailure>> {
  const get = patientGet(cluster.client, deadlineMs, options.log);
  const found = await cluster.findPod(get, "first");
  if (!found.ok) return withoutPod(options, get, found.error);
  const { namespace, name } = found.value.identity;
  const pod = await cluster.readPod(get, found.value.identity);
  if (!pod.ok) {
    if (isUnreachable(pod.error)) return fail(noAnswer(pod.error));
    const problem = { brief: describeBriefly(pod.error), whole: describeFailure(pod.error) };
    return readTemplate(options, get, problem);
  }
  const own = { kind: "Pod", namespace, name };
  const image = imageIn(pod.value.spec, own, options.container);
  if (!image.ok) return image;
  await compareWithTemplate(options, cluster.client, pod.value, image.value);
  return ok({ image: image.value, source: nameOf(own) });
}

/** All its calls together take up to `deadlineMs`; that it is waiting is logged once. */
function patientGet(client: ApiClient, deadlineMs: number, log: (line: string) => void): Get {
  const end = performance.now() + deadlineMs;
  let isLogged = false;
  let last: ApiFailure | undefined;
  const onRetry = (failure: ApiFailure): void => {
    if (!isLogged)
      log(`node image: ${describeFailure(failure)}; trying for ${deadlineMs / 1000} s`);
    isLogged = true;
  };
  return async <Answer extends object>(call: ApiCall) => {
    if (last) return fail(last);
    const forMs = end - performance.now();
    const answer = await callPatiently<Answer>(client, call, { forMs, onRetry });
    if (!answer.ok && isUnreachable(answer.error)) last = answer.error;
    return answer;
  };
}

/** Why this pod's own spec, which comes first, did not do. */
type PodProblem = { readonly brief: string; readonly whole: string };

async function withoutPod(
  options: NodeImageOptions,
  get: Get,
  { tried, apiFailure }: PodUnknown,
): Promise<Result<NodeImage, LookUpFailure>> {
  if (apiFailure !== undefined && isUnreachable(apiFailure)) return fail(noAnswer(apiFailure));
  const { cause: whole } = failureOf(CLUSTER, "PodNotFound", { tried });
  return readTemplate(options, get, {
    brief: apiFailure === undefined ? whole : describeBriefly(apiFailure),
    whole,
  });
}

async function readTemplate(
  { dsName, dsNamespace, container, log }: NodeImageOptions,
  get: Get,
  { brief, whole }: PodProblem,
): Promise<Result<NodeImage, LookUpFailure>> {
  const template = { kind: "DaemonSet", namespace: dsNamespace, name: dsName };
  const daemonSet = await get<DaemonSet>(readDaemonSet(template));
  if (!daemonSet.ok) {
    const { error } = daemonSet;
    const what = `${error.what} (and not from this pod's own spec: ${brief})`;
    const rule = `"get" on pods, or on daemonsets with the resource name ${dsName}, in a Role in namespace ${dsNamespace}`;
    if (error.status !== 404) return fail(noAnswer({ ...error, what }, rule));
    const words = { task: TASK, call: error.call, what };
    return decided(failureOf(CLUSTER, "DaemonSetNotFound", words));
  }
  const image = imageIn(daemonSet.value.spec?.template?.spec, template, container);
  if (!image.ok) return image;
  const source = `the template of ${nameOf(template)}`;
  log(`node image ${image.value} is from ${source}, which may be newer than this pod: ${whole}`);
  return ok({ image: image.value, source });
}

/** Only for a line in the log, so it gets one short attempt and may fail. */
async function compareWithTemplate(
  { dsName, dsNamespace, container, log }: NodeImageOptions,
  client: ApiClient,
  { metadata }: Pod,
  image: string,
): Promise<void> {
  const owner = metadata?.ownerReferences?.find(({ kind }) => kind === "DaemonSet");
  const template = {
    kind: "DaemonSet",
    namespace: (owner && metadata?.namespace) ?? dsNamespace,
    name: owner?.name ?? dsName,
  };
  const daemonSet = await client.call<DaemonSet>(readDaemonSet(template), {
    timeoutMs: COMPARE_MS,
  });
  if (!daemonSet.ok) return;
  const other = imageIn(daemonSet.value.spec?.template?.spec, template, container);
  if (!other.ok || other.value === image) return;
  log(
    `node image ${image} is this pod's own; the template of ${nameOf(template)} names ${other.value}, which the next pod will run`,
  );
}

/** A DaemonSet or pod as people write it: `DaemonSet kube-system/storageos-daemonset`. */
type Target = { readonly kind: string; readonly namespace: string; readonly name: string };

function nameOf({ kind, namespace, name }: Target): string {
  return `${kind} ${namespace}/${name}`;
}

function readDaemonSet({ namespace, name }: Target): ApiCall {
  const [inNamespace, named] = [encodeURIComponent(namespace), encodeURIComponent(name)];
  return { method: "GET", path: `/apis/apps/v1/namespaces/${inNamespace}/daemonsets/${named}` };
}

function imageIn(
  spec: PodSpec | undefined,
  target: Target,
  container: string,
): Result<string, LookUpFailure> {
  const containers = spec?.containers ?? [];
  const image = containers.find(({ name }) => name === container)?.image;
  if (image) return ok(image);
  const present = containers.map(({ name }) => `"${name}"`).join(", ");
  const words = { object: nameOf(target), container, present };
  return decided(failureOf(CLUSTER, "NodeContainerNotFound", words));
}
