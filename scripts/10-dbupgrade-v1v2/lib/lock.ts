/** Keeps everybody else away from the databases while they are upgraded. */
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import type { Failure } from "./failure.ts";
import { recordLockHolder, tryFlock, tryRecordLock } from "./libc.ts";

export type Lock = { readonly release: () => void };

/** Against another run of this upgrade; the kernel gives it up when the process ends, however that is. */
export function lockDataDirectory(path: string): Result<Lock, Failure> {
  return lock(
    path,
    () => openSync(path, "r"),
    tryFlock,
    () => ({
      cause: `cannot lock ${path}: another upgrade of its databases is running`,
      fix: "Wait for it to end; the next run goes on from what it did.",
    }),
  );
}

/** Against a node, by the lock that RocksDB itself takes on the file LOCK of an open database. */
export function lockDatabase(path: string): Result<Lock, Failure> {
  const file = join(path, "LOCK");
  return lock(
    path,
    () => openSync(file, "a+", 0o644),
    tryRecordLock,
    (fd) => ({
      cause: `cannot upgrade ${path}: it is in use by ${describeProcess(recordLockHolder(fd))}`,
      fix: "Stop the node container on this node, then let this pod start again.",
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
    return fail({
      cause: `cannot lock ${path}: ${(error as Error).message}`,
      fix: "Make the data directory writable for root, on a file system that is mounted read-write.",
    });
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
