/** What would make the upgrade of a v1 database wrong, seen before anything is written. */
import { resolve } from "node:path";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { columnFamilies } from "./database.ts";
import type { Failure } from "../../../src/lib/failure/failure.ts";
import { readOptions } from "./options-file.ts";
import { loadRocksDb } from "./rocksdb.ts";
import * as say from "./wording.ts";

export function preflight(database: string): Result<void, Failure> {
  const rocks = loadRocksDb();
  if (!rocks.ok) return rocks;
  const logDirectory = separateLogDirectory(database);
  if (logDirectory !== undefined) {
    return fail(say.notV1(database, `it keeps its write-ahead log elsewhere, in ${logDirectory}`));
  }
  const families = columnFamilies(rocks.value, database);
  if (!families.ok) return fail(say.unreadable(database, families.error));
  const others = families.value.filter((name) => name !== "default");
  if (others.length === 0) return ok(undefined);
  return fail(say.notV1(database, `it has further column families: ${others.join(", ")}`));
}

/** RocksDB's setting wal_dir, where it is another directory than the database's own. */
function separateLogDirectory(database: string): string | undefined {
  const setting = /^\s*wal_dir=(.+)$/m.exec(readOptions(database) ?? "")?.[1]?.trim();
  return setting === undefined || resolve(setting) === resolve(database) ? undefined : setting;
}
