/** Keeps everybody else away from the databases while they are upgraded. */
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { type Failure, failureOf } from "../../../src/lib/failure/failure.ts";
import { DBUPGRADE } from "../../../src/lib/failure/topics/dbupgrade.ts";
import { isRecordLocked, recordLockHolder, tryFlock, tryRecordLock } from "./libc.ts";

export type Locks = {
  /** Against another run of this upgrade. */
  readonly dataDirectory: (path: string) => Result<void, Failure>;
  /**
   * Against a node, by the lock that RocksDB itself takes on the file LOCK of an open database.
   * Where there is no such file no process has the database open, and it is made only if asked for.
   */
  readonly database: (path: string, make: boolean) => Result<void, Failure>;
  readonly release: () => void;
};

/** For a dry run, also where the file system is read-only: sees who has a lock, and takes none of a database. */
export function createDryLocks(): Locks {
  const locks = createLocks();
  return { ...locks, database: seeWhoHas };
}

function seeWhoHas(path: string): Result<void, Failure> {
  const file = join(path, "LOCK");
  if (!existsSync(file)) return ok(undefined);
  const locked = lock(
    path,
    () => openSync(file, "r"),
    (fd) => !isRecordLocked(fd),
    (fd) => inUse(path, fd),
  );
  if (!locked.ok) return locked;
  closeSync(locked.value);
  return ok(undefined);
}

function inUse(database: string, fd: number): Failure {
  const process = describeProcess(recordLockHolder(fd));
  return failureOf(DBUPGRADE, "DatabaseInUse", { database, process });
}

/** Holds locks until they are released; the kernel releases them when the process ends, however that is. */
export function createLocks(): Locks {
  const held = new Map<string, number>();
  function take(
    path: string,
    file: string,
    open: () => number,
    tryLock: (fd: number) => boolean,
    refused: (fd: number) => Failure,
  ): Result<void, Failure> {
    // A second descriptor would not get the lock of the first.
    if (held.has(file)) return ok(undefined);
    const locked = lock(path, open, tryLock, refused);
    if (!locked.ok) return locked;
    held.set(file, locked.value);
    return ok(undefined);
  }
  return {
    dataDirectory: (path) =>
      take(
        path,
        path,
        () => openSync(path, "r"),
        tryFlock,
        () => failureOf(DBUPGRADE, "UpgradeAlreadyRunning", { directory: path }),
      ),
    database(path, make) {
      const file = join(path, "LOCK");
      if (!make && !existsSync(file)) return ok(undefined);
      return take(
        path,
        file,
        () => openSync(file, make ? "a+" : "r+", 0o644),
        tryRecordLock,
        (fd) => inUse(path, fd),
      );
    },
    release() {
      for (const fd of held.values()) closeSync(fd);
      held.clear();
    },
  };
}

/** The descriptor that holds the lock. */
function lock(
  path: string,
  open: () => number,
  tryLock: (fd: number) => boolean,
  refused: (fd: number) => Failure,
): Result<number, Failure> {
  let fd: number | undefined;
  try {
    fd = open();
    if (tryLock(fd)) {
      const held = fd;
      fd = undefined;
      return ok(held);
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
