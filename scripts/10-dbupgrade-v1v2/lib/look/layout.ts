/** Where things lie in the data directory. */
import { type Dirent, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { type Failure, failureOf } from "../../../../src/lib/failure/failure.ts";
import { DBUPGRADE } from "../../../../src/lib/failure/topics/dbupgrade.ts";
import { type Result, fail, ok } from "../../../../src/lib/result.ts";

/** What belongs to one database `db[N]`; not all of it need be there. */
export type Paths = {
  readonly dataDirectory: string;
  /** The database as the node uses it. */
  readonly current: string;
  /** v2 while it is being written; for a moment after the exchange, v1. */
  readonly next: string;
  /** v1, kept. */
  readonly old: string;
  /** The marker: which database is v2. */
  readonly marker: string;
};

const PART_OF_DATABASE = /^(db\d*)(?:-new|-old|-format\.json)?$/;

/** All databases of which anything lies in the data directory, by name; none if it does not exist. */
export function findDatabases(dataDirectory: string): Result<Paths[], Failure> {
  let entries: Dirent[];
  try {
    entries = readdirSync(dataDirectory, { withFileTypes: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return ok([]);
    return fail(
      failureOf(DBUPGRADE, "DataDirectoryUnreadable", { directory: dataDirectory, error: message }),
    );
  }
  const names = entries.flatMap((entry) => PART_OF_DATABASE.exec(entry.name)?.[1] ?? []);
  return ok([...new Set(names)].toSorted().map((name) => pathsOf(dataDirectory, name)));
}

export function pathsOf(dataDirectory: string, name: string): Paths {
  const current = join(dataDirectory, name);
  return {
    dataDirectory,
    current,
    next: `${current}-new`,
    old: `${current}-old`,
    marker: `${current}-format.json`,
  };
}

/** `db`, `db1` … */
export function nameOfDatabase({ current }: Paths): string {
  return basename(current);
}
