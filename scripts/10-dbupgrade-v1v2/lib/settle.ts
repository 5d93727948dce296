/** What is to be done with the databases of a node, all together: nothing is changed before all were looked at. */
import type { Failure } from "../../../src/lib/failure/failure.ts";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { obstaclesTo } from "./check.ts";
import { type Case, examine } from "./examine.ts";
import { createCrew } from "./crew.ts";
import { type Locks, createDryLocks, createLocks } from "./lock.ts";
import { inodesWithBlobs } from "./look/blobs.ts";
import type { Paths } from "./look/layout.ts";
import { writeMark } from "./look/marker.ts";
import { shares } from "./parts.ts";
import { previewOf } from "./preview.ts";
import { halfDone, refusalsOf } from "./refuse.ts";
import type { Printer, Request } from "./request.ts";
import { checkSpace } from "./space.ts";
import { keepOld, putBack, putInPlace } from "./swap/swap.ts";
import { unsound } from "./unsound.ts";
import { upgradeAll } from "./upgrade.ts";
import * as say from "./wording.ts";

export async function settleDatabases(
  databases: readonly Paths[],
  request: Request,
  printer: Printer,
): Promise<Result<void, readonly Failure[]>> {
  const locks = request.isDryRun ? createDryLocks() : createLocks();
  try {
    const locked = locks.dataDirectory(request.dataDirectory);
    return locked.ok ? await settle(databases, request, printer, locks) : fail([locked.error]);
  } finally {
    locks.release();
  }
}

async function settle(
  databases: readonly Paths[],
  request: Request,
  printer: Printer,
  locks: Locks,
): Promise<Result<void, readonly Failure[]>> {
  const blobs = inodesWithBlobs(request.dataDirectory);
  const examined = databases.map((paths) => examine(paths, request, blobs, locks));
  const failures = examined.flatMap((one) => (one.ok ? [] : [one.error]));
  if (failures.length > 0) return fail(failures);
  const cases = examined.flatMap((one) => (one.ok ? [one.value] : []));
  const toUpgrade = cases.filter(({ decision }) => decision.do === "upgrade");
  const refusals = [...refusalsOf(cases, request), ...(await obstacles(toUpgrade, request))];
  if (refusals.length > 0) return fail([...refusals, ...halfDone(cases, request)]);
  if (request.isDryRun) return previewOf(cases, request, printer);
  for (const one of toUpgrade) {
    const locked = locks.database(one.paths.current, true);
    if (!locked.ok) return fail([locked.error]);
  }
  for (const one of cases) {
    const done = settleOne(one, request, printer);
    if (!done.ok) return fail([done.error]);
  }
  return toUpgrade.length === 0 ? ok(undefined) : upgradeAll(toUpgrade, request, printer);
}

/** All that would stop one of the upgrades half-way. They need their space together. */
async function obstacles(
  toUpgrade: readonly Case[],
  { dataDirectory }: Request,
): Promise<Failure[]> {
  const found: Failure[] = [];
  for (const one of toUpgrade)
    found.push(
      ...(await oddEntries(one)),
      ...obstaclesTo({ paths: one.paths, marks: one.seen.marks }),
    );
  if (found.length > 0 || toUpgrade.length === 0) return found;
  const bytes = toUpgrade.reduce((sum, { opened }) => sum + (opened?.bytes ?? 0), 0);
  const space = checkSpace(dataDirectory, bytes);
  return space.ok ? [] : [space.error];
}

/** What the tables hold that RocksDB gives only in part. */
async function oddEntries({ paths, survey }: Case): Promise<Failure[]> {
  const { current } = paths;
  const parts = shares(survey?.tables ?? []).map((tables) => ({ tables }));
  const checked = await createCrew().check(parts);
  if (!checked.ok) return [say.unreadable(current, checked.error)];
  return checked.value
    .flatMap((problem) => (problem === undefined ? [] : [unsound(current, problem)]))
    .slice(0, 1);
}

/** Does what is quick. */
function settleOne(one: Case, { nodeVersion }: Request, printer: Printer): Result<void, Failure> {
  const { paths, decision, evidence, unreadable } = one;
  const { print, warn } = printer;
  if (unreadable !== undefined) warn(unreadable);
  switch (decision.do) {
    case "nothing":
      print(say.nothingToDo(paths, decision.because, evidence.word));
      return ok(undefined);
    case "warn-v1-left":
      warn(say.v1Left(paths, nodeVersion));
      return ok(undefined);
    case "adopt":
      return adopt(one, print);
    case "keep-old":
      return rename(paths, keepOld, () => print(say.upgraded(paths)));
    case "put-v2-in-place":
      return rename(paths, putInPlace, () => print(say.upgraded(paths)));
    case "put-v1-back":
      return rename(paths, putBack, () => print(say.putBack(paths)));
    case "upgrade":
    case "refuse":
    case "look":
      return ok(undefined);
  }
}

/** Marks a database that a node made as v2, if it has an identity by which a marker can name it. */
function adopt(one: Case, print: Printer["print"]): Result<void, Failure> {
  const { paths, seen, opened, decision } = one;
  const { identity, manifest } = seen.current;
  print(say.adopted(paths, decision, identity !== undefined));
  if (identity === undefined) return ok(undefined);
  const marked = writeMark(paths.marker, {
    identity,
    upgradedFrom: undefined,
    pairs: 0,
    checksum: "",
    sequence: opened?.sequence ?? 0,
    manifest,
    decidedBy: say.decidedBy(decision),
  });
  return marked.ok ? ok(undefined) : fail(say.upgradeFailed(paths, marked.error));
}

function rename(
  paths: Paths,
  how: (paths: Paths) => void,
  done: () => void,
): Result<void, Failure> {
  try {
    how(paths);
  } catch (error) {
    return fail(say.swapFailed(paths, error as Error));
  }
  done();
  return ok(undefined);
}
