import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { failureOf, type Failure } from "../../../src/lib/failure/failure.ts";
import { LIO } from "../../../src/lib/failure/topics/lio.ts";
import { MODULE_REFUSALS } from "../../../src/lib/failure/topics/module-refusals.ts";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { type Host, readText } from "../../../src/lib/linux/host.ts";
import { hasCapability } from "../../../src/lib/linux/modules/lockdown.ts";
import { type Mount, parseMountinfo } from "../../../src/lib/linux/mountinfo.ts";
import { mountFileSystem } from "./mount.ts";

/** Where configfs belongs (Documentation/filesystems/configfs.rst). */
export const MOUNT_POINT = "/sys/kernel/config";

/**
 * Mounts configfs at /sys/kernel/config, here and on the node, where it is not mounted.
 */
export async function ensureConfigfs(
  host: Host,
): Promise<Result<"mounted" | "already mounted", Failure>> {
  const isMounted = isConfigfsMounted(host);
  if (!isMounted.ok) return isMounted;
  if (!isMounted.value) {
    const mounted = await mountFileSystem("configfs", MOUNT_POINT);
    if (!mounted.ok) return refused(host, mounted.error);
  }
  if (mountAt(host, "self")?.fsType !== "configfs") {
    const why = `cannot mount configfs at ${MOUNT_POINT}: mount succeeded, but nothing is mounted there`;
    return notMounted(why, "Mount it on the node");
  }
  if (isHiddenFromNode(host)) {
    return fail(failureOf(LIO, "ConfigfsHiddenFromNode", { path: MOUNT_POINT }));
  }
  return ok(isMounted.value ? "already mounted" : "mounted");
}

/** Whether it would have to be mounted, or why that cannot be; changes nothing. */
export function foreseeConfigfs(host: Host): Result<"mounted" | "already mounted", Failure> {
  const isMounted = isConfigfsMounted(host);
  if (!isMounted.ok) return isMounted;
  if (!isMounted.value)
    return hasCapability(host, "CAP_SYS_ADMIN") ? ok("mounted") : refused(host, "");
  return isHiddenFromNode(host)
    ? fail(failureOf(LIO, "ConfigfsHiddenFromNode", { path: MOUNT_POINT }))
    : ok("already mounted");
}

/** Whether it is mounted in its place; an error if something else is. */
function isConfigfsMounted(host: Host): Result<boolean, Failure> {
  const there = mountAt(host, "self");
  if (there === undefined || there.fsType === "configfs") return ok(there !== undefined);
  const why = `cannot mount configfs: a ${there.fsType} is mounted at ${MOUNT_POINT}`;
  return notMounted(why, `Run "umount ${MOUNT_POINT}" on the node`);
}

function notMounted(why: string, advice: string): { readonly ok: false; readonly error: Failure } {
  return fail(failureOf(LIO, "ConfigfsNotMounted", { why, advice }));
}

/**
 * Proves that the target core and its loopback fabric are in configfs. Making the loopback
 * directory is how a fabric is brought up; the kernel refuses where it does not work.
 */
export function proveTarget(host: Host): Result<"made" | "already there", Failure> {
  const target = join(host.sys, "kernel/config/target");
  if (!existsSync(join(target, "core"))) {
    const why = `${target}/core is missing although target_core_mod is loaded`;
    return fail(failureOf(LIO, "LioNotWorking", { why, module: "target_core_mod" }));
  }
  try {
    const made = mkdirSync(join(target, "loopback"), { recursive: true });
    return ok(made === undefined ? "already there" : "made");
  } catch (error) {
    const why = `${target}/loopback cannot be made although tcm_loop is loaded: ${(error as Error).message}`;
    return fail(failureOf(LIO, "LioNotWorking", { why, module: "tcm_loop" }));
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

function refused(host: Host, why: string): { readonly ok: false; readonly error: Failure } {
  return hasCapability(host, "CAP_SYS_ADMIN")
    ? notMounted(why, `Run "mount -t configfs configfs ${MOUNT_POINT}" on the node`)
    : fail(
        failureOf(MODULE_REFUSALS, "CapabilityMissing", {
          what: `mount configfs at ${MOUNT_POINT}`,
          capability: "CAP_SYS_ADMIN",
        }),
      );
}
