import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { type Host, readText } from "../../../src/lib/linux/host.ts";
import { hasCapability } from "./lockdown.ts";
import { type Mount, parseMountinfo } from "../../../src/lib/linux/mountinfo.ts";
import { mountFileSystem } from "./mount.ts";

/** Where configfs belongs (Documentation/filesystems/configfs.rst). */
const MOUNT_POINT = "/sys/kernel/config";

/**
 * Sees to it that configfs is mounted at /sys/kernel/config, here and on the node. The error is
 * `<cause>. <fix>`.
 */
export async function ensureConfigfs(
  host: Host,
): Promise<Result<"mounted" | "already mounted", string>> {
  const there = mountAt(host, "self");
  if (there !== undefined && there.fsType !== "configfs") {
    return fail(
      `cannot mount configfs: a ${there.fsType} is mounted at ${MOUNT_POINT}. Run "umount ${MOUNT_POINT}" on the node`,
    );
  }
  if (there === undefined) {
    const mounted = await mountFileSystem("configfs", MOUNT_POINT);
    if (!mounted.ok) return fail(`${mounted.error}${mountAdvice(host)}`);
  }
  if (mountAt(host, "self")?.fsType !== "configfs") {
    return fail(
      `cannot mount configfs at ${MOUNT_POINT}: mount succeeded, but it is not there. Mount it on the node`,
    );
  }
  if (isHiddenFromNode(host)) {
    return fail(
      `cannot mount configfs on the node: it is at ${MOUNT_POINT} in this container only. Set mountPropagation: Bidirectional on the init container's /sys`,
    );
  }
  return ok(there === undefined ? "mounted" : "already mounted");
}

/**
 * Sees to it that the target core and its loopback fabric are in configfs. Making the loopback
 * directory is how a fabric is brought up; the kernel refuses where it does not work. The error is
 * `<cause>. <fix>`.
 */
export function proveTarget(host: Host): Result<void, string> {
  const target = join(host.sys, "kernel/config/target");
  if (!existsSync(join(target, "core"))) {
    return fail(
      `cannot use LIO: ${target}/core is absent although target_core_mod is loaded. See the node's kernel log (dmesg) for target_core_mod`,
    );
  }
  try {
    mkdirSync(join(target, "loopback"), { recursive: true });
    return ok(undefined);
  } catch (error) {
    return fail(
      `cannot use LIO: ${target}/loopback cannot be made although tcm_loop is loaded: ${(error as Error).message}. See the node's kernel log (dmesg) for tcm_loop`,
    );
  }
}

/** Whether the node's first process does not see it; false where that cannot be known. */
function isHiddenFromNode(host: Host): boolean {
  return (
    readText(join(host.proc, "1/mountinfo")) !== undefined &&
    mountAt(host, "1")?.fsType !== "configfs"
  );
}

/** The mount that a process sees at the mount point: of several the last one. */
function mountAt(host: Host, process: "self" | "1"): Mount | undefined {
  const text = readText(join(host.proc, process, "mountinfo")) ?? "";
  return parseMountinfo(text).findLast((mount) => mount.mountPoint === MOUNT_POINT);
}

function mountAdvice(host: Host): string {
  return hasCapability(host, "CAP_SYS_ADMIN")
    ? `. Run "mount -t configfs configfs ${MOUNT_POINT}" on the node`
    : ", as the init container lacks the capability CAP_SYS_ADMIN. Set securityContext.privileged: true on it";
}
