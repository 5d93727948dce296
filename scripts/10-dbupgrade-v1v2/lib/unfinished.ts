/**
 * The directory `db[N]-new` while v2 is written to it. What marks it as this upgrade's is the
 * directory `upgrade` in it, which is made first and removed last; nothing else is ever removed.
 */
import { chmodSync, chownSync, mkdirSync, readdirSync, rmSync, rmdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { syncDirectory } from "../../../src/lib/linux/durable-file.ts";
import type { Paths } from "./look/layout.ts";
import type { Mark } from "./look/marker.ts";
import { isTaken, placeOf } from "./look/place.ts";
import { nameOf, standingOf } from "./look/standing.ts";

const WORK_FILE = /^(?:runs-\d+|part-\d+-\d+\.sst|log-\w+)$/;

/** Where files are while v2 is written. */
export function workDirectoryOf(next: string): string {
  return join(next, "upgrade");
}

/** Makes the directory for v2, with the owner and the permissions of v1's. Throws as mkdir(2) fails. */
export function makeUnfinished({ current, next }: Paths): void {
  mkdirSync(next);
  mkdirSync(workDirectoryOf(next), { mode: 0o700 });
  const { mode, uid, gid } = statSync(current);
  chownSync(next, uid, gid);
  chmodSync(next, mode & 0o7777);
}

/** Takes the mark off a v2 that is whole and named by the marker. Throws as rmdir(2) and fsync(2) fail. */
export function finish({ next }: Paths): void {
  rmdirSync(workDirectoryOf(next));
  syncDirectory(next);
}

/** Whether what is at `db[N]-new` was left by an upgrade that was interrupted, so that it may be removed. */
export function isLeftover(paths: Paths, marks: readonly Mark[]): boolean {
  const place = placeOf(paths.next);
  if (place === "empty") return readdirSync(paths.next).length === 0;
  return place === "filled" && (carriesWork(paths.next) || isNamed(paths, marks));
}

/** Removes what an interrupted upgrade left: its v2, and markers that were not yet in place. */
export function removeLeftovers({ dataDirectory, next, marker }: Paths): void {
  if (isTaken(next)) removeUnfinished(next);
  const unplaced = `.${basename(marker)}.`;
  for (const name of readdirSync(dataDirectory)) {
    if (name.startsWith(unplaced) && name.endsWith(".tmp")) rmSync(join(dataDirectory, name));
  }
}

/** The mark goes last, so that an interrupted removal can be continued. Throws as unlink(2) fails. */
export function removeUnfinished(next: string): void {
  for (const name of readdirSync(next))
    if (name !== "upgrade") rmSync(join(next, name), { recursive: true });
  rmSync(next, { recursive: true });
}

function carriesWork(next: string): boolean {
  const work = workDirectoryOf(next);
  if (placeOf(work) === "empty") return true;
  return placeOf(work) === "filled" && readdirSync(work).every((name) => WORK_FILE.test(name));
}

/** It is the v2 that the marker names, and v1, from which it was made, is still in place. */
function isNamed({ current, next }: Paths, marks: readonly Mark[]): boolean {
  const v2 = standingOf(next).identity;
  const v1 = nameOf(standingOf(current));
  return marks.some(
    ({ identity, upgradedFrom }) =>
      identity === v2 && upgradedFrom !== undefined && upgradedFrom === v1,
  );
}
