/** Which pod this process runs in, as far as it shows without the API. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../lib/environment.ts";
import { podOfCgroup, podOfMounts } from "../../lib/linux/pod.ts";
import { codeOf } from "../../lib/text/error.ts";
import { readCredential, SERVICE_ACCOUNT_DIR } from "./client.ts";
import { readTokenClaims, type TokenClaims } from "./token-claims.ts";

export type PodIdentity = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Undefined where neither NODE_NAME, the token nor the API named it. */
  readonly node: string | undefined;
  /** The container this process runs in. */
  readonly container: string | undefined;
};

export type IdentitySources = {
  readonly env: Environment;
  /** Where the host's root is seen: `/proc/1/root` or `/`. */
  readonly hostRoot: string;
  /** Where kubelet mounts the ServiceAccount; only tests have another. */
  readonly serviceAccountDir?: string | undefined;
  /** The text of /proc/self/mountinfo; read if undefined. */
  readonly mountinfo?: string | undefined;
  /** The text of /proc/self/cgroup; read if undefined. */
  readonly cgroup?: string | undefined;
};

/** What is known so far. */
export type PodClues = { readonly [Key in keyof PodIdentity]: PodIdentity[Key] | undefined };

/** `unhelpful`: why each way that was tried did not give what is missing. */
export type Clues = { readonly known: PodClues; readonly unhelpful: readonly string[] };

/**
 * From the cheapest source on: the downward API (POD_NAME, POD_NAMESPACE, POD_UID, NODE_NAME), the
 * claims of the ServiceAccount's token, and the host's /var/log/pods, where kubelet's mounts or the
 * cgroup give the uid.
 */
export function lookAround(sources: IdentitySources): Clues {
  const { env, hostRoot, serviceAccountDir = SERVICE_ACCOUNT_DIR } = sources;
  const mounted = podOfMounts(sources.mountinfo ?? readText("/proc/self/mountinfo"));
  const seenUid = mounted.uid ?? podOfCgroup(sources.cgroup ?? readText("/proc/self/cgroup"));
  const given = {
    namespace: env["POD_NAMESPACE"] || undefined,
    name: env["POD_NAME"] || undefined,
    uid: env["POD_UID"] || undefined,
    node: env["NODE_NAME"] || undefined,
    container: mounted.container,
  };
  if (isComplete(given)) return { known: given, unhelpful: [] };
  const unhelpful = ["POD_NAME, POD_NAMESPACE and POD_UID are not all set"];
  const claims = claimsFor(given.uid ?? seenUid, serviceAccountDir, unhelpful);
  const known = merge(given, claims ?? {});
  if (isComplete(known)) return { known, unhelpful };
  const withUid = merge(known, { uid: seenUid });
  if (isComplete(withUid)) return { known: withUid, unhelpful };
  const logged = findLogDirectory(hostRoot, withUid.uid, unhelpful);
  return { known: merge(withUid, logged ?? {}), unhelpful };
}

/** The identity, if nothing that makes it one is missing. */
export function completeIdentity(clues: PodClues): PodIdentity | undefined {
  return isComplete(clues) ? clues : undefined;
}

function isComplete(clues: PodClues): clues is PodIdentity {
  return clues.namespace !== undefined && clues.name !== undefined && clues.uid !== undefined;
}

/** What is known stays. */
export function merge(known: PodClues, more: Partial<PodClues>): PodClues {
  return {
    namespace: known.namespace ?? more.namespace,
    name: known.name ?? more.name,
    uid: known.uid ?? more.uid,
    node: known.node ?? more.node,
    container: known.container ?? more.container,
  };
}

/** A token of another pod than the one whose mounts these are proves nothing. */
function claimsFor(
  uid: string | undefined,
  serviceAccountDir: string,
  unhelpful: string[],
): TokenClaims | undefined {
  const token = readCredential(serviceAccountDir, "token");
  const claims = token.ok ? readTokenClaims(token.value) : undefined;
  if (claims !== undefined && (uid === undefined || uid === claims.uid)) return claims;
  unhelpful.push(
    claims === undefined
      ? "the ServiceAccount's token names no pod"
      : `the ServiceAccount's token names another pod, with uid ${claims.uid}`,
  );
  return undefined;
}

/**
 * kubelet names a pod's log directory `<namespace>_<name>_<uid>`, in which neither name can have a
 * `_`, and makes a directory in it for each container that has started.
 */
function findLogDirectory(
  hostRoot: string,
  uid: string | undefined,
  unhelpful: string[],
): Partial<PodClues> | undefined {
  if (uid === undefined) {
    unhelpful.push("neither a mount nor the cgroup of this container shows its pod's uid");
    return undefined;
  }
  const logs = join(hostRoot, "var/log/pods");
  const { names, error } = readNames(logs);
  for (const entry of names) {
    const [namespace, name, entryUid] = entry.split("_");
    if (entryUid !== uid || !namespace || !name) continue;
    const containers = readNames(join(logs, entry)).names;
    return { namespace, name, container: containers.length === 1 ? containers[0] : undefined };
  }
  unhelpful.push(
    error === undefined
      ? `no directory in ${logs} belongs to the pod with uid ${uid}`
      : `cannot read ${logs}: ${error}`,
  );
  return undefined;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function readNames(directory: string): {
  readonly names: readonly string[];
  readonly error?: string;
} {
  try {
    return { names: readdirSync(directory) };
  } catch (error) {
    return { names: [], error: codeOf(error) };
  }
}
