/** Which pod this process runs in. */
import { readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Pod, PodList } from "kubernetes-types/core/v1";
import { fail, ok, type Result } from "../../lib/result.ts";
import type { Environment } from "../../lib/environment.ts";
import type { ApiCall } from "./client.ts";
import { type ApiFailure, describeFailure } from "./failure.ts";
import { podOfMounts } from "../../lib/linux/pod.ts";

export type PodIdentity = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Undefined where neither NODE_NAME nor the API told it. */
  readonly node: string | undefined;
  /** The container this process runs in; undefined where kubelet mounts no termination log. */
  readonly container: string | undefined;
};

export type IdentitySources = {
  readonly env: Environment;
  /** Where the host's root is seen: `/proc/1/root` or `/`. */
  readonly hostRoot: string;
  /** The text of /proc/self/mountinfo; read if undefined. */
  readonly mountinfo?: string | undefined;
};

/** How to ask the API; `namespace` is the ServiceAccount's. */
export type PodApi = {
  readonly namespace: string | undefined;
  readonly get: <Answer extends object>(call: ApiCall) => Promise<Result<Answer, ApiFailure>>;
};

type Known = { -readonly [Key in keyof PodIdentity]: PodIdentity[Key] | undefined };

/**
 * From the downward API (POD_NAME, POD_NAMESPACE, POD_UID, NODE_NAME); what is missing, from this
 * process's mounts and the host's /var/log/pods; what is still missing, from the API. The failure
 * says where it looked and what to do.
 */
export async function identifyPod(
  sources: IdentitySources,
  api: PodApi,
): Promise<Result<PodIdentity, string>> {
  const known = lookAround(sources);
  const local = complete(known);
  if (local) return ok(local);
  const looked = [
    "POD_NAME, POD_NAMESPACE and POD_UID are not all set",
    known.uid === undefined
      ? "no mount of /proc/self/mountinfo comes from kubelet"
      : `no directory in ${logDirectory(sources.hostRoot)} belongs to the pod with uid ${known.uid}`,
  ];
  const asked = await askApi(known, sources, api);
  if (asked.ok) return asked;
  return fail(
    `cannot tell which pod this is: ${[...looked, asked.error].join("; ")}. Give the container POD_NAME, POD_NAMESPACE and POD_UID by the downward API (fieldRef metadata.name, metadata.namespace, metadata.uid)`,
  );
}

function lookAround({ env, hostRoot, mountinfo }: IdentitySources): Known {
  const mounted = podOfMounts(mountinfo ?? readText("/proc/self/mountinfo"));
  const uid = env["POD_UID"] || mounted.uid;
  const logged = uid === undefined ? undefined : findLogDirectory(hostRoot, uid);
  return {
    namespace: env["POD_NAMESPACE"] || logged?.namespace,
    name: env["POD_NAME"] || logged?.name,
    uid,
    node: env["NODE_NAME"] || undefined,
    container: mounted.container,
  };
}

function complete({ namespace, name, uid, node, container }: Known): PodIdentity | undefined {
  if (namespace === undefined || name === undefined || uid === undefined) return undefined;
  return { namespace, name, uid, node, container };
}

/** kubelet names a pod's log directory `<namespace>_<name>_<uid>`; neither name can have a `_`. */
function findLogDirectory(
  hostRoot: string,
  uid: string,
): { namespace: string; name: string } | undefined {
  for (const entry of readNames(logDirectory(hostRoot))) {
    const [namespace, name, entryUid] = entry.split("_");
    if (entryUid === uid && namespace && name) return { namespace, name };
  }
  return undefined;
}

function logDirectory(hostRoot: string): string {
  return join(hostRoot, "var/log/pods");
}

/** By its name where that is known; else it may be the hostname; else among the pods of this node. */
async function askApi(
  known: Known,
  { env }: IdentitySources,
  api: PodApi,
): Promise<Result<PodIdentity, string>> {
  const namespace = known.namespace ?? api.namespace;
  if (namespace === undefined) return fail("the ServiceAccount's files name no namespace");
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const here = { ...known, namespace };
  if (known.name !== undefined) return getPod(here, `${pods}/${known.name}`, api);
  if (known.uid === undefined) return fail("so there is nothing to ask the API for");
  const namesake = await getPod(here, `${pods}/${hostname()}`, api);
  return namesake.ok ? namesake : listPods(here, pods, env["NODE_NAME"] || hostname(), api);
}

async function getPod(
  known: Known,
  path: string,
  api: PodApi,
): Promise<Result<PodIdentity, string>> {
  const pod = await api.get<Pod>({ method: "GET", path });
  if (!pod.ok) return fail(describeFailure(pod.error));
  const identity = identityIn(known, pod.value);
  return identity ? ok(identity) : fail(`GET ${path}: this is another pod, with another uid`);
}

/** Only their metadata, and only this node's: a DaemonSet has as many pods as the cluster has nodes. */
async function listPods(
  known: Known,
  pods: string,
  node: string,
  api: PodApi,
): Promise<Result<PodIdentity, string>> {
  const list = await api.get<PodList>({
    method: "GET",
    path: `${pods}?fieldSelector=spec.nodeName%3D${encodeURIComponent(node)}&limit=500`,
    accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json",
  });
  if (!list.ok) return fail(describeFailure(list.error));
  const identities = (list.value.items ?? []).map((pod) => identityIn(known, pod));
  const identity = identities.find((candidate) => candidate !== undefined);
  return identity ? ok(identity) : fail(`the API has no pod with uid ${known.uid} on node ${node}`);
}

function identityIn(known: Known, { metadata, spec }: Pod): PodIdentity | undefined {
  const { name, uid } = metadata ?? {};
  if (known.uid !== undefined && known.uid !== uid) return undefined;
  return complete({ ...known, name, uid, node: known.node ?? spec?.nodeName });
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function readNames(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
