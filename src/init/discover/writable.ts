import { accessSync, constants, lstatSync, realpathSync, type Stats } from "node:fs";
import { readMounts } from "../../lib/linux/mountinfo.ts";
import { codeOf } from "../../lib/text/error.ts";
import { showName } from "../../lib/text/show.ts";
import type { Fault } from "./script.ts";

const OTHERS_WRITE = 0o002;

/** Whether anyone on the machine may change this file and with it what runs as root. */
export function isWritableByOthers(path: string, { mode }: Stats): boolean {
  return (mode & OTHERS_WRITE) !== 0 && !isOnReadOnlyMount(path);
}

/**
 * What is wrong with a directory into which everyone may put files. The root of an emptyDir has mode
 * 0777, and only this pod writes there: it is a mount point, and then its files have to be root's.
 * @param names what is in it
 */
export function faultOfDirectory(
  path: string,
  stats: Stats,
  names: readonly Buffer[],
): Fault | undefined {
  if (process.geteuid?.() !== 0 || !isWritableByOthers(path, stats)) return undefined;
  const mode = `0${(stats.mode & 0o7777).toString(8)}`;
  if (!isMountPoint(path)) return { code: "DirectoryWritableByOthers", about: { mode } };
  const foreign = names.find((name) => ownerOf(path, name) !== 0);
  if (foreign === undefined) return undefined;
  const about = { mode, foreign: showName(foreign.toString()) };
  return { code: "DirectoryWritableByOthers", about };
}

function ownerOf(directory: string, name: Buffer): number | undefined {
  const path = Buffer.concat([Buffer.from(`${directory}/`), name]);
  return lstatSync(path, { throwIfNoEntry: false })?.uid;
}

/** Volumes of ConfigMaps and Secrets are, and have mode 0777 (access(2): EROFS, also for root). */
function isOnReadOnlyMount(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return false;
  } catch (error) {
    return codeOf(error) === "EROFS";
  }
}

/** Whether something is mounted at this very path. */
export function isMountPoint(path: string): boolean {
  try {
    const real = realpathSync(path);
    return readMounts().some(({ mountPoint }) => mountPoint === real);
  } catch {
    return false; // no /proc: not proved
  }
}

/** What is odd and yet no reason to refuse. */
export type Remark = { readonly place: string; readonly cause: string; readonly fix: string };

/** Such a remark as a line of the log. */
export function lineOfRemark({ place, cause, fix }: Remark): string {
  return `warning: ${place}: ${cause}. ${fix}`;
}

/** Collects scripts and directories that belong to somebody else than root and this user. */
export function createOwners() {
  const foreign = new Map<number, { readonly first: string; amount: number }>();
  return {
    note(path: string, { uid }: Stats): void {
      if (uid === 0 || uid === process.geteuid?.()) return;
      const known = foreign.get(uid);
      if (known === undefined) foreign.set(uid, { first: path, amount: 1 });
      else known.amount++;
    },
    /** One for each such user. */
    remarks: (): readonly Remark[] =>
      [...foreign].map(([uid, { first, amount }]) => {
        const which = amount === 1 ? "" : ` and ${amount - 1} more`;
        return {
          place: `${showName(first)}${which}`,
          cause: `owned by user ${uid}, who can change what init runs`,
          fix: "chown it to root",
        };
      }),
  };
}
