/** Keeps everybody else away from the databases while they are upgraded. */
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { type Failure, failureOf } from "../../../src/lib/failure/failure.ts";
import { DBUPGRADE } from "../../../src/lib/failure/topics/dbupgrade.ts";
import { recordLockHolder, tryFlock, tryRecordLock } from "./libc.ts";

export type Lock = { readonly release: () => void };

/** Against another run of this upgrade; the kernel gives it up when the process ends, however that is. */
export function lockDataDirectory(path: string): Result<Lock, Failure> {
  return lock(
    path,
    () => openSync(path, "r"),
    tryFlock,
    () => failureOf(DBUPGRADE, "UpgradeAlreadyRunning", { directory: path }),
  );
}

/** Against a node, by the lock that RocksDB itself takes on the file LOCK of an open database. */
export function lockDatabase(path: string): Result<Lock, Failure> {
  const file = join(path, "LOCK");
  return lock(
    path,
    () => openSync(file, "a+", 0o644),
    tryRecordLock,
    (fd) =>
      failureOf(DBUPGRADE, "DatabaseInUse", {
        database: path,
        process: describeProcess(recordLockHolder(fd)),
      }),
  );
}

function lock(
  path: string,
  open: () => number,
  tryLock: (fd: number) => boolean,
  refused: (fd: number) => Failure,
): Result<Lock, Failure> {
  let fd: number | undefined;
  try {
    fd = open();
    if (tryLock(fd)) {
      const held = fd;
      fd = undefined;
      return ok({ release: () => closeSync(held) });
    }
    return fail(refused(fd));
  } catch (error) {
    return fail(
      failureOf(DBUPGRADE, "DataDirectoryNotWritable", { path, error: (error as Error).message }),
    );
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function describeProcess(pid: number | undefined): string {
  if (pid === undefined) return "another process";
  try {
    return `process ${pid} (${readFileSync(`/proc/${pid}/comm`, "utf8").trim()})`;
  } catch {
    return `process ${pid}`;
  }
}
