import { existsSync, readlinkSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { failureOf } from "../../failure/failure.ts";
import { RESOURCES } from "../../failure/topics/resources.ts";
import type { Host } from "../host.ts";
import { type Mount, readMounts } from "../mountinfo.ts";
import { containingMount, peerGroup } from "./containing-mount.ts";
import { failure, type Finding, met } from "./finding.ts";

/** How a directory is seen here and on the node; a side that cannot be seen is undefined. */
export type Propagation = {
  readonly directory: string;
  readonly here: Mount | undefined;
  readonly onNode: Mount | undefined;
};

/** How each of these directories is seen that is there on either side. */
export function propagationOf(host: Host, directories: readonly string[]): readonly Propagation[] {
  const node = readNodeMounts(host);
  const own = readMounts();
  return directories
    .map((directory) => ({
      directory,
      here: mountHere(own, directory, node !== undefined),
      onNode: node === undefined ? undefined : mountOnNode(node, host.root, directory),
    }))
    .filter(({ here, onNode }) => here !== undefined || onNode !== undefined);
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
export function readNodeMounts({ proc }: Host): Mount[] | undefined {
  try {
    const isOwn = readlinkSync(join(proc, "1/ns/mnt")) === readlinkSync(join(proc, "self/ns/mnt"));
    return isOwn ? undefined : readMounts(join(proc, "1/mountinfo"));
  } catch {
    return undefined; // not permitted
  }
}
