import { existsSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import type { Mount } from "../mountinfo.ts";

/** The mount that a path of a process is on: the innermost, and of several on one point the last. */
export function containingMount(mounts: readonly Mount[], path: string): Mount | undefined {
  return mounts
    .filter(({ mountPoint }) => isWithin(path, mountPoint))
    .reduce<Mount | undefined>(
      (inner, mount) =>
        inner === undefined || mount.mountPoint.length >= inner.mountPoint.length ? mount : inner,
      undefined,
    );
}

function isWithin(path: string, directory: string): boolean {
  return directory === "/" || path === directory || path.startsWith(`${directory}/`);
}

/** The path, symbolic links followed; of one that is not there the nearest directory above that is. */
export function nearestExisting(path: string): string {
  return existsSync(path) || path === "/" ? realpathSync(path) : nearestExisting(dirname(path));
}

/** The peer group of a mount (mount_namespaces(7)), undefined if it passes nothing on. */
export function peerGroup({ optionalFields }: Mount): string | undefined {
  const shared = optionalFields.find((field) => field.startsWith("shared:"));
  return shared?.slice("shared:".length);
}
