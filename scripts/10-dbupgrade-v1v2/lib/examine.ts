/** Look and decide: what is to be done with one database. Changes nothing. */
import type { Failure } from "../../../src/lib/failure/failure.ts";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { oddFileIn } from "./check.ts";
import { readOnlyInPart } from "./complete.ts";
import { type Decision, decide } from "./decide/decide.ts";
import { type Survey, survey } from "./files/survey.ts";
import type { Evidence } from "./look/evidence.ts";
import type { Locks } from "./lock.ts";
import type { Paths } from "./look/layout.ts";
import { type Seen, lookAtFiles } from "./look/look.ts";
import { type Amount, type Opened, lookAtKeys } from "./look/look-at-keys.ts";
import { wordOn } from "./look/word.ts";
import type { Request } from "./request.ts";
import { abortsRocksDb, unsound } from "./unsound.ts";
import * as say from "./wording.ts";

/** One database: what was seen, and what follows. */
export type Case = {
  readonly paths: Paths;
  readonly seen: Seen;
  readonly evidence: Evidence;
  readonly decision: Decision;
  /** Undefined where its keys do not matter, or cannot be read. */
  readonly opened: Opened | undefined;
  /** What its files hold; undefined where nobody asked, or where they are unsound. */
  readonly survey: Survey | undefined;
  /** Why its keys cannot be read. */
  readonly unreadable: Failure | undefined;
  /** Why something that an operator gave does not count. */
  readonly remarks: readonly string[];
};

/** @param blobs the inodes with a blob, in ascending order */
export function examine(
  paths: Paths,
  request: Request,
  blobs: readonly bigint[],
  locks: Locks,
): Result<Case, Failure> {
  const seen = lookAtFiles(paths, request);
  const { word, remarks } = wordOn(paths, seen.current, seen.marks, request);
  const start = {
    paths,
    seen,
    opened: undefined,
    survey: undefined,
    unreadable: undefined,
    remarks,
  };
  const evidence = { ...seen.evidence, blobs, word };
  const decision = decide(evidence);
  if (decision.do !== "look") return ok({ ...start, evidence, decision });
  const odd = oddFileIn(paths);
  if (odd !== undefined) return ok(judge({ ...start, evidence, decision }, fail(odd)));
  // A database that is only looked at may be in use.
  if (evidence.node !== "reads-v2")
    return ok(lookOn({ ...start, evidence, decision }, decision.at));
  const locked = locks.database(paths.current, false);
  return locked.ok ? ok(lookThrough({ ...start, evidence, decision }, decision.at)) : locked;
}

/**
 * Looks at the files, too, without RocksDB, which may leave out a part or abort. Only to mark a v2
 * they need not be sound.
 */
function lookThrough(before: Case, at: Amount): Case {
  const surveyed = survey(before.paths.current);
  if (surveyed.ok) return emptyOnlyIfProved(lookOn({ ...before, survey: surveyed.value }, at));
  const unsoundCase = judge(before, fail(unsound(before.paths.current, surveyed.error)));
  if (abortsRocksDb(surveyed.error)) return unsoundCase;
  const after = lookOn(before, at);
  return after.opened !== undefined && isV2(after) ? after : unsoundCase;
}

/** Where no key is read, nothing is copied, and nothing else would show that some were left out. */
function emptyOnlyIfProved(one: Case): Case {
  const { decision, survey: counted, opened } = one;
  if (decision.do !== "nothing" || decision.because !== "no-keys") return one;
  if (counted === undefined || counted.rangeDeletions > 0) return one;
  if (opened?.entries === counted.entries) return one;
  const error = readOnlyInPart(opened?.entries ?? 0, counted.entries);
  return judge(one, fail(say.unreadable(one.paths.current, error)));
}

function isV2({ decision }: Case): boolean {
  return decision.do === "adopt" || (decision.do === "nothing" && decision.because === "is-v2");
}

/** Looks at the keys, first at some and, where that is not enough, at all. */
export function lookOn(before: Case, at: Amount): Case {
  const { paths, evidence } = before;
  const after = judge(before, lookAtKeys(paths.current, evidence.blobs, at));
  return after.decision.do === "look" ? lookOn(after, after.decision.at) : after;
}

function judge(before: Case, opened: Result<Opened, Failure>): Case {
  const evidence: Evidence = {
    ...before.evidence,
    ...(opened.ok && !stillHolds(before.seen, opened.value) ? { mark: "none" } : {}),
    keys: opened.ok ? opened.value.keys : "unreadable",
  };
  return {
    ...before,
    evidence,
    decision: decide(evidence),
    opened: opened.ok ? opened.value : undefined,
    unreadable: opened.ok ? undefined : opened.error,
  };
}

/** A database that has written less than when it was marked is another one, or an older copy. */
function stillHolds({ mark }: Seen, { sequence }: Opened): boolean {
  return mark === undefined || sequence >= mark.sequence;
}
