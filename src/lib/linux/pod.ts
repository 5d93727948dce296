/** Which pod a process belongs to, from what the kernel shows of it. */
import { readFileSync, readlinkSync } from "node:fs";
import { parseMountinfo } from "./mountinfo.ts";

/** The pod's uid in a cgroup's path: `pod<uid>`, which systemd's slices write with `_` in place of `-`. */
const CGROUP_POD =
  /pod([0-9a-f]{8}([-_])[0-9a-f]{4}\2[0-9a-f]{4}\2[0-9a-f]{4}\2[0-9a-f]{12}|[0-9a-f]{32})(?=[/.]|$)/m;

/**
 * The uid of the pod whose cgroup a process is in, from /proc/<pid>/cgroup (cgroups(7)). Undefined
 * also in a cgroup namespace of the container's, where the path begins below the pod.
 */
export function podOfCgroup(text: string): string | undefined {
  return CGROUP_POD.exec(text)?.[1]?.replaceAll("_", "-");
}

export type PodMounts = {
  readonly uid: string | undefined;
  /** The container's name in the pod's spec. */
  readonly container: string | undefined;
};

/** `<kubelet's directory>/pods/<uid>/etc-hosts` or `…/pods/<uid>/containers/<container>/<file>`. */
const KUBELET_FILE =
  /\/pods\/(?<uid>[0-9a-f-]{32,36})\/(?:etc-hosts$|containers\/(?<container>[^/]+)\/[^/]+$)/;

/**
 * The pod and container for which kubelet made a process's mounts, from /proc/<pid>/mountinfo: its
 * file of the pod on /etc/hosts, and one of the container on the termination log. The host's mount
 * table, which a process of the host has and a Bidirectional mount brings in, holds other pods'
 * files too, but at paths that lie in a pods directory. Undefined where they do not agree.
 */
export function podOfMounts(mountinfo: string): PodMounts {
  const own = parseMountinfo(mountinfo).flatMap(({ root, mountPoint }) => {
    const groups = KUBELET_FILE.exec(root)?.groups;
    return groups !== undefined && !mountPoint.includes("/pods/") ? [groups] : [];
  });
  return {
    uid: only(own.map((mount) => mount["uid"])),
    container: only(own.flatMap((mount) => mount["container"] ?? [])),
  };
}

function only(values: readonly (string | undefined)[]): string | undefined {
  const different = new Set(values);
  return different.size === 1 ? values[0] : undefined;
}

/**
 * The uid of the pod that a process belongs to; undefined for a process in the mount namespace of the
 * host's first process, which is never a pod's, and where nothing shows it.
 * @param pid a number, or `self`
 */
export function podOfProcess(pid: string): string | undefined {
  if (isInHostMounts(pid)) return undefined;
  return (
    podOfCgroup(read(`/proc/${pid}/cgroup`)) ?? podOfMounts(read(`/proc/${pid}/mountinfo`)).uid
  );
}

/** Whether all of the node's processes are seen here: its kernel's threads are (kthreadd is pid 2). */
export function seesAllProcesses(): boolean {
  return read("/proc/2/comm").trim() === "kthreadd";
}

/** Some sandboxes close the first process to all others; the kernel's own threads are in its namespace. */
function isInHostMounts(pid: string): boolean {
  if (!seesAllProcesses()) return false;
  const namespace = linkOf(`/proc/${pid}/ns/mnt`);
  const host = linkOf("/proc/1/ns/mnt") ?? linkOf("/proc/2/ns/mnt");
  return namespace !== undefined && namespace === host;
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined; // it has ended, or may not be looked at
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
