import { failureOf } from "../../../src/lib/failure/failure.ts";
import { RESOURCES } from "../../../src/lib/failure/topics/resources.ts";
import { existsSync, readlinkSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { containingMount, peerGroup } from "./host-containing-mount.ts";
import type { Host } from "../../../src/lib/linux/host.ts";
import { type Mount, readMounts } from "../../../src/lib/linux/mountinfo.ts";
import { combine, failure, type Finding, met } from "./finding.ts";
import { type Environment, readList } from "./settings.ts";

/** How a directory is seen here and on the node; a side that cannot be seen is undefined. */
export type Propagation = {
  readonly directory: string;
  readonly here: Mount | undefined;
  readonly onNode: Mount | undefined;
};

/** Whether what is mounted below the directories here also appears on the node, and so in other pods. */
export function checkMountPropagation(host: Host, env: Environment): Finding {
  const directories = readList(env, "STORAGEOS_SHARED_DIRS", "/var/lib/storageos,/var/lib/kubelet");
  const node = readNodeMounts(host);
  const own = readMounts();
  const findings = directories
    .map((directory) => ({
      directory,
      here: mountHere(own, directory, node !== undefined),
      onNode: node === undefined ? undefined : mountOnNode(node, host.root, directory),
    }))
    .filter(({ here, onNode }) => here !== undefined || onNode !== undefined)
    .map(judgePropagation);
  return findings.length === 0
    ? met(`mount propagation: none of ${directories.join(", ")} is there yet`)
    : combine(findings);
}

/** A mount must pass on what is mounted below it, and must be of the node's own peer group. */
export function judgePropagation({ directory, here, onNode }: Propagation): Finding {
  if (onNode !== undefined && peerGroup(onNode) === undefined) {
    return notShared(directory, onNode, "node");
  }
  if (here !== undefined && peerGroup(here) === undefined)
    return notShared(directory, here, here.mountPoint === directory ? "volume" : "container");
  if (here !== undefined && onNode !== undefined && peerGroup(here) !== peerGroup(onNode)) {
    return notShared(directory, here, "runtime");
  }
  return met(`${directory} passes mounts on`);
}

function notShared(
  directory: string,
  { mountPoint: mount }: Mount,
  where: "node" | "runtime" | "volume" | "container",
): Finding {
  return failure(failureOf(RESOURCES, "MountNotShared", { directory, mount, where }));
}

/** Where the node shows it better, only a mount of the directory itself counts here. */
function mountHere(
  mounts: readonly Mount[],
  directory: string,
  nodeIsSeen: boolean,
): Mount | undefined {
  if (!existsSync(directory)) return undefined;
  const path = realpathSync(directory);
  const mount = containingMount(mounts, path);
  return nodeIsSeen && mount?.mountPoint !== path ? undefined : mount;
}

function mountOnNode(mounts: readonly Mount[], root: string, directory: string): Mount | undefined {
  return existsSync(join(root, directory)) ? containingMount(mounts, directory) : undefined;
}

/** The mounts of the node's first process, if it has another mount namespace than this one. */
function readNodeMounts({ proc }: Host): Mount[] | undefined {
  try {
    const isOwn = readlinkSync(join(proc, "1/ns/mnt")) === readlinkSync(join(proc, "self/ns/mnt"));
    return isOwn ? undefined : readMounts(join(proc, "1/mountinfo"));
  } catch {
    return undefined; // not permitted
  }
}
