/** What is to be done with each database, under lock. */
import { rmSync } from "node:fs";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { inodesWithBlobs } from "./blobs.ts";
import { closeDatabase, openToRead } from "./database.ts";
import { type Shown, decide, nodeKind, stateOf } from "./decide.ts";
import type { Failure } from "../../../src/lib/failure/failure.ts";
import { probeFormat } from "./format-probe.ts";
import type { Paths } from "./layout.ts";
import { type Lock, lockDataDirectory, lockDatabase } from "./lock.ts";
import { situationOf } from "./marker.ts";
import { prepare } from "./prepare.ts";
import type { Printer, Request } from "./request.ts";
import { loadRocksDb } from "./rocksdb.ts";
import { keepOld, putBack, putInPlace, swap } from "./swap.ts";
import * as say from "./wording.ts";

export async function settleDatabases(
  databases: readonly Paths[],
  request: Request,
  printer: Printer,
): Promise<Result<void, Failure>> {
  const locked = lockDataDirectory(request.dataDirectory);
  if (!locked.ok) return locked;
  try {
    return await settle(databases, request, printer);
  } catch (error) {
    return failureOf(request.dataDirectory, error);
  } finally {
    locked.value.release();
  }
}

/** What the system refused is told; anything else is a defect. */
function failureOf(dataDirectory: string, error: unknown): Result<never, Failure> {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return fail(say.systemRefused(dataDirectory, message));
}

/** Does what is quick for each database, and then the upgrades: all of them or none. */
async function settle(
  databases: readonly Paths[],
  request: Request,
  printer: Printer,
): Promise<Result<void, Failure>> {
  const toUpgrade: Paths[] = [];
  for (const paths of databases) {
    const settled = settleOne(paths, request, printer);
    if (!settled.ok) return settled;
    if (settled.value === "to-upgrade") toUpgrade.push(paths);
  }
  return toUpgrade.length === 0 ? ok(undefined) : upgradeAll(toUpgrade, request, printer);
}

function settleOne(
  paths: Paths,
  { nodeVersion, nodeImage }: Request,
  { print, warn }: Printer,
): Result<"settled" | "to-upgrade", Failure> {
  const state = stateOf(situationOf(paths));
  const look = () => lookAt(paths, warn);
  const action = decide(nodeKind(nodeVersion), state, look);
  switch (action) {
    case "upgrade":
      return ok("to-upgrade");
    case "nothing":
      print(say.nothingToDo(paths, state));
      return ok("settled");
    case "warn-v1-left":
      warn(say.v1Left(paths, nodeVersion));
      return ok("settled");
    case "keep-old":
      return rename(paths, keepOld, () => print(say.upgraded(paths)));
    case "put-v2-in-place":
      return rename(paths, putInPlace, () => print(say.upgraded(paths)));
    case "put-v1-back":
      return rename(paths, putBack, () => print(say.putBack(paths)));
    case "say-v2-unreadable":
      return fail(say.v2Unreadable(paths, state, nodeVersion));
    case "say-version-unknown":
      break;
  }
  return fail(say.versionUnknown(paths, nodeImage));
}

/** What the first keys show. A database that cannot be read is warned of: its node will say the same. */
function lookAt(paths: Paths, warn: Printer["warn"]): Shown {
  const shown = readFirstKeys(paths);
  if (shown.ok) return shown.value;
  warn(shown.error);
  return "unreadable";
}

function readFirstKeys(paths: Paths): Result<Shown, Failure> {
  const rocks = loadRocksDb();
  if (!rocks.ok) return rocks;
  const database = openToRead(rocks.value, paths.current);
  if (!database.ok) return fail(say.unreadable(paths.current, database.error));
  const shown = probeFormat(rocks.value, database.value, inodesWithBlobs(paths.dataDirectory));
  closeDatabase(rocks.value, database.value);
  return shown.ok ? shown : fail(say.unreadable(paths.current, shown.error));
}

function rename(
  paths: Paths,
  how: (paths: Paths) => void,
  done: () => void,
): Result<"settled", Failure> {
  try {
    how(paths);
  } catch (error) {
    return fail(say.swapFailed(paths, error as Error));
  }
  done();
  return ok("settled");
}

/** Writes and verifies v2 of every database first, and only then puts them in place. */
async function upgradeAll(
  databases: readonly Paths[],
  request: Request,
  { print }: Printer,
): Promise<Result<void, Failure>> {
  const rocks = loadRocksDb();
  if (!rocks.ok) return rocks;
  const blobs = inodesWithBlobs(request.dataDirectory);
  const locks: Lock[] = [];
  const written: Paths[] = [];
  try {
    for (const paths of databases) {
      const lock = lockDatabase(paths.current);
      if (!lock.ok) return abandon(written, lock.error);
      locks.push(lock.value);
      const prepared = await prepare(rocks.value, paths, blobs, print);
      if (!prepared.ok) return abandon(written, prepared.error);
      if (prepared.value === "written") written.push(paths);
      else print(say.notUpgraded(paths, prepared.value));
    }
    for (const paths of written) {
      const swapped = rename(paths, swap, () => print(say.upgraded(paths)));
      if (!swapped.ok) return swapped;
    }
    return ok(undefined);
  } finally {
    for (const lock of locks) lock.release();
  }
}

/** Of several databases one cannot be upgraded: v2 of the others takes its space for nothing. */
function abandon(written: readonly Paths[], failure: Failure): Result<never, Failure> {
  for (const paths of written) rmSync(paths.next, { recursive: true, force: true });
  return fail(failure);
}
