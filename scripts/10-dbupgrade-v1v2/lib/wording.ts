/** What is printed and reported about a database. */
import { existsSync } from "node:fs";
import { type Failure, failureOf } from "../../../src/lib/failure/failure.ts";
import { DBUPGRADE } from "../../../src/lib/failure/topics/dbupgrade.ts";
import type { State } from "./decide.ts";
import type { Paths } from "./layout.ts";
import type { Misfit } from "./read-part.ts";

export function nothingToDo({ current }: Paths, state: State): string {
  if (state === "absent") return `${current}: no database, nothing to upgrade`;
  if (state === "unmarked") return `${current}: left as it is`;
  return `${current}: already v2, nothing to do`;
}

export function notUpgraded({ current }: Paths, what: "is-v2" | "empty"): string {
  if (what === "empty") return `${current}: holds no keys, nothing to upgrade`;
  return `${current}: was made as v2, nothing to upgrade`;
}

export function upgraded({ current, old }: Paths): string {
  return `${current}: successfully upgraded database to v2; v1 is kept at ${old}`;
}

export function putBack({ current }: Paths): string {
  return `${current}: an upgrade was interrupted while the databases changed places; v1 is back in place`;
}

export function v1Left({ current }: Paths, version: string | undefined): Failure {
  return failureOf(DBUPGRADE, "DatabaseIsV1", { database: current, version: version ?? "" });
}

export function v2Unreadable(paths: Paths, state: State, version: string | undefined): Failure {
  const v1 = state === "exchanged" ? paths.next : paths.old;
  return failureOf(DBUPGRADE, "DatabaseIsV2", {
    database: paths.current,
    version: version ?? "",
    ...(existsSync(v1) ? { v1 } : {}),
  });
}

export function versionUnknown({ current }: Paths, nodeImage: string | undefined): Failure {
  return failureOf(DBUPGRADE, "UpgradeNeedsVersion", {
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

export function swapFailed({ current }: Paths, error: Error): Failure {
  return failureOf(DBUPGRADE, "DatabaseSwapFailed", { database: current, error: error.message });
}

export function misfit({ current, dataDirectory }: Paths, { key, why }: Misfit): Failure {
  const database = current;
  const hex = `0x${Buffer.from(key).toString("hex")}`;
  return why === "width"
    ? failureOf(DBUPGRADE, "DatabaseKeysForeign", {
        database,
        key: hex,
        bytes: String(key.length),
      })
    : failureOf(DBUPGRADE, "VolumeBlobMissing", { database, key: hex, directory: dataDirectory });
}

export function notV1({ current }: Paths, what: string): Failure {
  return failureOf(DBUPGRADE, "DatabaseUnsupported", { database: current, what });
}

export function oldIsThere({ current, old }: Paths): Failure {
  return failureOf(DBUPGRADE, "DirectoryInTheWay", {
    database: current,
    directory: old,
    use: "where its v1 is to be kept",
  });
}

export function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
