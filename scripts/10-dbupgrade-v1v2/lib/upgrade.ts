/** Copy, verify, swap: the databases of a node together, all or none. */
import type { Failure } from "../../../src/lib/failure/failure.ts";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { digest } from "./checksum.ts";
import { type Copied, copyToV2 } from "./copy.ts";
import { type Case, lookOn } from "./examine.ts";
import { writeMark } from "./look/marker.ts";
import { isTaken } from "./look/place.ts";
import { nameOf, standingOf } from "./look/standing.ts";
import { refusalOf } from "./refuse.ts";
import type { Printer, Request } from "./request.ts";
import { swap, swapBack } from "./swap/swap.ts";
import { finish, removeLeftovers, removeUnfinished } from "./unfinished.ts";
import * as say from "./wording.ts";

/** What nobody counted is never complete. */
const NOTHING_COUNTED = { entries: 0, rangeDeletions: 0 };

/** Writes and verifies v2 of every database first, then marks all, and only then puts them in place. */
export async function upgradeAll(
  cases: readonly Case[],
  request: Request,
  { print }: Printer,
): Promise<Result<void, readonly Failure[]>> {
  for (const { paths } of cases) removeLeftovers(paths);
  const written = await writeAll(cases, request, print);
  if (!written.ok) {
    for (const { paths } of cases) tryToRemove(paths.next);
    return fail([written.error]);
  }
  return swapAll(cases, print);
}

async function writeAll(
  cases: readonly Case[],
  request: Request,
  print: Printer["print"],
): Promise<Result<void, Failure>> {
  const copies: Copied[] = [];
  for (const one of cases) {
    const copied = await copy(one, print);
    if (!copied.ok) return fail(copied.error === "misfit" ? misfit(one, request) : copied.error);
    copies.push(copied.value);
  }
  for (const [index, one] of cases.entries()) {
    const marked = mark(one, copies[index] as Copied);
    if (!marked.ok) return marked;
  }
  return ok(undefined);
}

async function copy(
  one: Case,
  print: Printer["print"],
): Promise<Result<Copied, Failure | "misfit">> {
  const { paths, opened, evidence, decision } = one;
  const { pairs = 0, bytes = 0, keys } = opened ?? {};
  if (decision.do === "upgrade" && decision.because !== "keys")
    print(say.byWord(paths, decision.because));
  print(`${paths.current}: upgrading about ${pairs} keys, ${say.megabytes(bytes)}, to v2`);
  // Where an operator says that it is v1, some blobs may be missing.
  const blobs = evidence.word?.format === "v1" ? [] : evidence.blobs;
  const counted = one.survey ?? NOTHING_COUNTED;
  const copied = await copyToV2({ paths, bytes, blobs, counted }, print);
  if (!copied.ok || keys?.isWhole !== true || copied.value.content.pairs === keys.keys)
    return copied;
  const changed = `it held ${keys.keys} keys and then ${copied.value.content.pairs}`;
  return fail(say.upgradeFailed(paths, changed));
}

/** Its first keys proved v1, and a later one does not fit: now all are looked at, to report how many. */
function misfit(one: Case, request: Request): Failure {
  const whole = lookOn(one, "all-keys");
  return whole.decision.do === "refuse"
    ? refusalOf(whole, whole.decision.why, request)
    : say.upgradeFailed(one.paths, "its keys changed while they were read");
}

/** The marker is the journal of the change of places, so it is written before; then the work's own mark goes. */
function mark(
  { paths, seen, decision }: Case,
  { content, sequence }: Copied,
): Result<void, Failure> {
  const { identity, manifest } = standingOf(paths.next);
  if (identity === undefined) return fail(say.upgradeFailed(paths, "RocksDB gave v2 no IDENTITY"));
  try {
    const marked = writeMark(paths.marker, {
      identity,
      upgradedFrom: nameOf(seen.current),
      pairs: content.pairs,
      checksum: digest(content),
      sequence,
      manifest,
      decidedBy: say.decidedBy(decision),
    });
    if (!marked.ok) return fail(say.upgradeFailed(paths, marked.error));
    finish(paths);
    return ok(undefined);
  } catch (error) {
    return fail(say.upgradeFailed(paths, (error as Error).message));
  }
}

/** If one cannot be put in place, those before it are taken back: a node reads all or none. */
function swapAll(
  cases: readonly Case[],
  print: Printer["print"],
): Result<void, readonly Failure[]> {
  const swapped: Case[] = [];
  for (const one of cases) {
    try {
      swap(one.paths);
      swapped.push(one);
    } catch (error) {
      const failure = say.swapFailed(one.paths, error as Error);
      return fail([failure, ...takeBack(swapped)]);
    }
  }
  for (const { paths } of cases) print(say.upgraded(paths));
  return ok(undefined);
}

function takeBack(swapped: readonly Case[]): Failure[] {
  return swapped.toReversed().flatMap(({ paths }) => {
    try {
      swapBack(paths);
      return [];
    } catch (error) {
      return [say.notTakenBack(paths, error as Error)];
    }
  });
}

function tryToRemove(path: string): void {
  try {
    if (isTaken(path)) removeUnfinished(path);
  } catch {
    // the next run removes it before it starts
  }
}
