/** Whether the file system has room for the upgrade. */
import { statfsSync } from "node:fs";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { type Failure, failureOf } from "../../../src/lib/failure/failure.ts";
import { DBUPGRADE } from "../../../src/lib/failure/topics/dbupgrade.ts";
import { megabytes } from "./wording.ts";

/** For what does not grow with the database: its own small files and what is preallocated. */
const FIXED_BYTES = 16 << 20;

/** What an upgrade takes at most, beside v1. */
export function bytesNeeded(bytes: number): number {
  return bytes + FIXED_BYTES;
}

/**
 * `bytes` are those of all keys and values. The sorted runs take no more than that, the tables of v2
 * take no more than the runs, and a run is given back as the tables grow.
 */
export function checkSpace(directory: string, bytes: number): Result<void, Failure> {
  const { bavail, bsize } = statfsSync(directory);
  const free = bavail * bsize;
  const needed = bytesNeeded(bytes);
  if (free >= needed) return ok(undefined);
  return fail(
    failureOf(DBUPGRADE, "UpgradeSpaceMissing", {
      directory,
      needed: megabytes(needed),
      free: megabytes(free),
      missing: megabytes(needed - free),
    }),
  );
}
