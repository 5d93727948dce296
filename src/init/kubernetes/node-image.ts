/** The node image: which image the main container of this pod runs. */
import type { Environment } from "../../lib/environment.ts";
import type { DaemonSet } from "kubernetes-types/apps/v1";
import type { Pod, PodSpec } from "kubernetes-types/core/v1";
import { fail, ok, type Result } from "../../lib/result.ts";
import { type ApiCall, type ApiClient, isInCluster, openClient } from "./client.ts";
import { type ApiFailure, describeFailure, isUnreachable } from "./failure.ts";
import { parseImageReference } from "../../lib/image-reference.ts";
import {
  apiNotReached,
  type LookUpFailure,
  nameOf,
  noCredentials,
  noSuchContainer,
  type Target,
  templateNotRead,
  unusableImage,
} from "./node-image-failure.ts";
import { identifyPod } from "./pod-identity.ts";
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
  /** `/proc/1/root` or `/`. */
  readonly hostRoot: string;
  readonly log: (line: string) => void;
  /** Where kubelet mounts the ServiceAccount; only tests have another. */
  readonly serviceAccountDir?: string;
  /** The text of /proc/self/mountinfo, read if undefined. */
  readonly mountinfo?: string;
};

/** `image` is undefined only outside a cluster with none given; `source` says where it is from. */
export type NodeImage = { readonly image: string | undefined; readonly source: string };

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
  const client = openClient(env, options.serviceAccountDir);
  if (!client.ok) return fail(noCredentials(client.error));
  return askCluster(options, client.value, deadlineMs);
}

function given(image: string, source: string): Result<NodeImage, LookUpFailure> {
  const reference = parseImageReference(image);
  return reference.ok ? ok({ image, source }) : fail(unusableImage(source, reference.error));
}

async function askCluster(
  options: NodeImageOptions,
  client: ApiClient,
  deadlineMs: number,
): Promise<Result<NodeImage, LookUpFailure>> {
  const get = patientGet(client, deadlineMs, options.log);
  const identity = await identifyPod(options, { namespace: client.namespace, get });
  if (!identity.ok) return readTemplate(options, get, identity.error);
  const { namespace, name } = identity.value;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const pod = await get<Pod>({ method: "GET", path });
  if (!pod.ok) {
    if (isUnreachable(pod.error)) return fail(apiNotReached(pod.error));
    return readTemplate(options, get, describeFailure(pod.error));
  }
  const own = { kind: "Pod", namespace, name };
  const image = imageIn(pod.value.spec, own, options.container);
  if (image.ok) await compareWithTemplate(options, client, pod.value, image.value);
  return image.ok ? ok({ image: image.value, source: nameOf(own) }) : image;
}

type Get = <Answer extends object>(call: ApiCall) => Promise<Result<Answer, ApiFailure>>;

/** All its calls together take up to `deadlineMs`; that it is waiting is said once. */
function patientGet(client: ApiClient, deadlineMs: number, log: (line: string) => void): Get {
  const end = performance.now() + deadlineMs;
  let told = false;
  let gaveUp: ApiFailure | undefined;
  const onRetry = (failure: ApiFailure): void => {
    if (!told) log(`node image: ${describeFailure(failure)}; trying for ${deadlineMs / 1000} s`);
    told = true;
  };
  return async <Answer extends object>(call: ApiCall) => {
    if (gaveUp) return fail(gaveUp);
    const forMs = end - performance.now();
    const answer = await callPatiently<Answer>(client, call, { forMs, onRetry });
    if (!answer.ok && isUnreachable(answer.error)) gaveUp = answer.error;
    return answer;
  };
}

async function readTemplate(
  { dsName, dsNamespace, container, log }: NodeImageOptions,
  get: Get,
  podProblem: string,
): Promise<Result<NodeImage, LookUpFailure>> {
  const template = { kind: "DaemonSet", namespace: dsNamespace, name: dsName };
  const daemonSet = await get<DaemonSet>(readDaemonSet(template));
  if (!daemonSet.ok) return fail(templateNotRead(template, daemonSet.error, podProblem));
  const image = imageIn(daemonSet.value.spec?.template?.spec, template, container);
  if (!image.ok) return image;
  const source = `the template of ${nameOf(template)}`;
  log(
    `node image ${image.value} is from ${source}, which may be newer than this pod: ${podProblem}`,
  );
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
  const present = containers.map(({ name }) => name);
  return fail(noSuchContainer(target, container, present));
}
