/** What is printed and reported about a database. */
import { type Failure, failureOf } from "../../../src/lib/failure/failure.ts";
import { DATABASE_FORMAT } from "../../../src/lib/failure/topics/database-format.ts";
import { DBUPGRADE } from "../../../src/lib/failure/topics/dbupgrade.ts";
import type { Decision } from "./decide/decide.ts";
import type { Word } from "./look/evidence.ts";
import { type Paths, nameOfDatabase } from "./look/layout.ts";
import { isTaken } from "./look/place.ts";
import type { Request } from "./request.ts";
import { SILENCE_MS } from "./supervise.ts";

const BY_KEYS = "its keys";

export function nothingToDo(
  { current }: Paths,
  because: "no-database" | "no-keys" | "is-v2" | "left",
  word?: Word,
): string {
  switch (because) {
    case "no-database":
      return `${current}: no database, nothing to upgrade`;
    case "no-keys":
      return `${current}: holds no keys, nothing to upgrade`;
    case "is-v2":
      return `${current}: already v2, nothing to do`;
    case "left":
      return `${current}: left as it is${word === undefined ? "" : ` (${word.format}: ${word.from})`}`;
  }
}

export function adopted({ current }: Paths, decision: Decision, isMarked: boolean): string {
  const why = decidedBy(decision) === BY_KEYS ? "" : ` (${decidedBy(decision)})`;
  const mark = isMarked ? "" : "; without an IDENTITY it gets no marker";
  return `${current}: was made as v2, nothing to upgrade${why}${mark}`;
}

/** What decided about a database, for the marker. */
export function decidedBy(decision: Decision): string {
  const isByWord =
    (decision.do === "upgrade" || decision.do === "adopt") && decision.because !== "keys";
  return isByWord ? decision.because.from : BY_KEYS;
}

export function byWord({ current }: Paths, { format, from }: Word): string {
  return `${current}: nothing proves its format; it is upgraded as ${format} because of ${from}`;
}

export function upgraded({ current, old }: Paths): string {
  return `${current}: successfully upgraded database to v2; v1 is kept at ${old}`;
}

export function putBack({ current }: Paths): string {
  return `${current}: an upgrade was interrupted while the databases changed places; v1 is back in place`;
}

export function v1Left({ current }: Paths, version: string | undefined): Failure {
  return failureOf(DATABASE_FORMAT, "DatabaseIsV1", { database: current, version: version ?? "" });
}

export function v2Unreadable(
  paths: Paths,
  isExchanged: boolean,
  version: string | undefined,
): Failure {
  const v1 = isExchanged ? paths.next : paths.old;
  return failureOf(DATABASE_FORMAT, "DatabaseIsV2", {
    database: paths.current,
    version: version ?? "",
    ...(isTaken(v1) ? { v1 } : {}),
  });
}

export function versionUnknown({ current }: Paths, nodeImage: string | undefined): Failure {
  return failureOf(DATABASE_FORMAT, "UpgradeNeedsVersion", {
    database: current,
    ...(nodeImage === undefined ? {} : { image: nodeImage }),
  });
}

export function unreadable(database: string, error: string): Failure {
  return failureOf(DBUPGRADE, "DatabaseUnreadable", { database, error });
}

export function upgradeFailed({ current }: Paths, error: string): Failure {
  return failureOf(DBUPGRADE, "DatabaseUpgradeFailed", { database: current, error });
}

export function systemRefused(directory: string, error: string): Failure {
  return failureOf(DBUPGRADE, "UpgradeRefusedBySystem", { directory, error });
}

export function processDied({ dataDirectory }: Request, signal: string, left: string): Failure {
  return failureOf(DBUPGRADE, "UpgradeProcessDied", { directory: dataDirectory, signal, left });
}

export function notResponding({ dataDirectory }: Request): Failure {
  const minutes = String(SILENCE_MS / 60_000);
  return failureOf(DBUPGRADE, "UpgradeNotResponding", { directory: dataDirectory, minutes });
}

export function swapFailed({ current }: Paths, error: Error): Failure {
  return failureOf(DBUPGRADE, "DatabaseSwapFailed", { database: current, error: error.message });
}

/** The way back failed, too: v2 is in place of this database, and v1 of others. */
export function notTakenBack(paths: Paths, error: Error): Failure {
  const { current, old, dataDirectory } = paths;
  return failureOf(DBUPGRADE, "UpgradeHalfDone", {
    directory: dataDirectory,
    v2: nameOfDatabase(paths),
    others: `the rest (taking it back failed: ${error.message})`,
    back: `mv ${current} ${current}.v2 && mv ${old} ${current}`,
  });
}

/** @param key in hexadecimal digits */
export function foreign({ current }: Paths, key: string): Failure {
  return failureOf(DATABASE_FORMAT, "DatabaseKeysForeign", {
    database: current,
    key: `0x${key}`,
    bytes: String(key.length / 2),
  });
}

export function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
