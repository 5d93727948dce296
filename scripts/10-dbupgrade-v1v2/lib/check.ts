/** What would stop an upgrade half-way, seen before anything of any database is changed. */
import { readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Failure, failureOf } from "../../../src/lib/failure/failure.ts";
import { DATABASE_FILES } from "../../../src/lib/failure/topics/database-files.ts";
import { readMounts } from "../../../src/lib/linux/mountinfo.ts";
import type { Paths } from "./look/layout.ts";
import type { Mark } from "./look/marker.ts";
import { isTaken, linkTarget } from "./look/place.ts";
import { isLeftover } from "./unfinished.ts";

export type ToCheck = {
  readonly paths: Paths;
  readonly marks: readonly Mark[];
};

/** What is in the way of changing this database; empty if nothing is. Throws as readdir(2) fails. */
export function obstaclesTo({ paths, marks }: ToCheck): Failure[] {
  return [
    ...unmovable(paths),
    ...(isOdd(paths.marker) ? [odd(paths, paths.marker)] : []),
    ...(isTaken(paths.old) ? [inTheWay(paths, paths.old, "where its v1 is to be kept")] : []),
    ...(isTaken(paths.next) && !isLeftover(paths, marks)
      ? [inTheWay(paths, paths.next, "where its v2 is to be written, and no upgrade made it")]
      : []),
  ];
}

/** A mount point cannot be renamed, and a link's name would leave v1 or v2 on another disk. */
function unmovable({ current }: Paths): Failure[] {
  const target = linkTarget(current);
  if (target !== undefined)
    return [
      failureOf(DATABASE_FILES, "DatabaseNotMovable", {
        database: current,
        what: `it is a link to ${target}`,
        how: `rm ${current} && mv ${realpathSync(current)} ${current}`,
      }),
    ];
  if (!isMountPoint(current)) return [];
  return [
    failureOf(DATABASE_FILES, "DatabaseNotMovable", {
      database: current,
      what: "it is a mount point",
      how: `cp -a ${current} ${current}.copy && umount ${current} && rmdir ${current} && mv ${current}.copy ${current}`,
    }),
  ];
}

/** Only in this mount namespace: mounts of other namespaces do not keep a directory in its place. */
function isMountPoint(path: string): boolean {
  const real = realpathSync(path);
  return readMounts().some(({ mountPoint }) => mountPoint === real);
}

/** The first thing in a database that is no file; RocksDB would wait for a FIFO for ever. */
export function oddFileIn(paths: Paths): Failure | undefined {
  const found = readdirSync(paths.current)
    .map((name) => join(paths.current, name))
    .find(isOdd);
  return found === undefined ? undefined : odd(paths, found);
}

function odd({ current }: Paths, file: string): Failure {
  const what = "is neither a file nor a directory";
  return failureOf(DATABASE_FILES, "DatabaseFilesUnexpected", { database: current, file, what });
}

/** A FIFO, a socket or a device. */
function isOdd(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && !stat.isFile() && !stat.isDirectory();
}

function inTheWay({ current }: Paths, directory: string, use: string): Failure {
  return failureOf(DATABASE_FILES, "DirectoryInTheWay", { database: current, directory, use });
}
