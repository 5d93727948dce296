/**
 * All that the files of a database say it holds, read without RocksDB: the independent figures that
 * reading it through RocksDB has to come to. What this program does not understand is a problem.
 */
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Result, fail, ok } from "../../../../src/lib/result.ts";
import { readOptions } from "../options-file.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import type { Problem } from "./problem.ts";
import { withTable } from "./table-file.ts";
import { type TableProperties, readProperties } from "./table-properties.ts";
import { INTERNAL_BYTES } from "./table-scan.ts";
import type { TableEntry } from "./version-edit.ts";
import { type Wals, readWals } from "./wal.ts";

export type Survey = {
  readonly manifest: Manifest;
  readonly tables: readonly SurveyedTable[];
  readonly wals: Wals;
  /** Keys and deletions that are not overwritten, and those that are. */
  readonly entries: number;
  readonly deletions: number;
  /** Among the entries, and not among what a table lists. */
  readonly rangeDeletions: number;
  /** Of the entries: the users' keys, and the values. */
  readonly keyBytes: number;
  readonly valueBytes: number;
  /** Of the last write that the files show. */
  readonly lastSequence: number;
};

export type SurveyedTable = {
  readonly path: string;
  readonly entry: TableEntry;
  readonly properties: TableProperties;
};

const ORDER = "leveldb.BytewiseComparator";
const ORDER_WITH_TIMESTAMPS = "leveldb.BytewiseComparator.u64ts";

/** Throws as readdir(2) and read(2) fail. */
export function survey(directory: string): Result<Survey, Problem> {
  const manifest = readManifest(directory);
  if (!manifest.ok) return manifest;
  const odd =
    notUnderstood(manifest.value) ??
    logsElsewhere(directory) ??
    strayFile(directory, manifest.value);
  if (odd !== undefined) return fail(odd);
  const tables: SurveyedTable[] = [];
  for (const entry of manifest.value.tables) {
    const table = surveyTable(directory, entry);
    if (!table.ok) return table;
    tables.push(table.value);
  }
  const wals = readWals(directory, manifest.value);
  return wals.ok ? ok(sum(manifest.value, tables, wals.value)) : wals;
}

function sum(manifest: Manifest, tables: readonly SurveyedTable[], wals: Wals): Survey {
  const { entries, deletions, rangeDeletions, keyBytes, valueBytes } = wals.totals;
  const total = { entries, deletions, rangeDeletions, keyBytes, valueBytes };
  for (const { properties } of tables) {
    total.entries += properties.entries;
    total.deletions += properties.deletions;
    total.rangeDeletions += properties.rangeDeletions;
    total.keyBytes += properties.keyBytes - properties.entries * INTERNAL_BYTES;
    total.valueBytes += properties.valueBytes;
  }
  const lastSequence = Math.max(manifest.lastSequence, wals.lastSequence);
  return { manifest, tables, wals, ...total, lastSequence };
}

function notUnderstood(manifest: Manifest): Problem | undefined {
  const unsupported = (what: string): Problem => ({
    kind: "unsupported",
    file: manifest.file,
    what,
  });
  const families = manifest.columnFamilies.filter((name) => name !== "default");
  if (families.length > 0) return unsupported(`further column families: ${families.join(", ")}`);
  if (manifest.comparator === ORDER_WITH_TIMESTAMPS) return unsupported("user-defined timestamps");
  if (manifest.comparator !== ORDER)
    return unsupported(`another order of keys, ${manifest.comparator}`);
  if (manifest.tables.some(({ pathId }) => pathId !== 0))
    return unsupported("table files in several directories (db_paths)");
  const [other] = manifest.unsupported;
  return other === undefined ? undefined : unsupported(other);
}

/** By RocksDB's setting wal_dir. */
function logsElsewhere(directory: string): Problem | undefined {
  const setting = /^\s*wal_dir=(.+)$/m.exec(readOptions(directory) ?? "")?.[1]?.trim();
  if (setting === undefined || resolve(setting) === resolve(directory)) return undefined;
  const what = `its write-ahead log in another directory, ${setting}`;
  return { kind: "unsupported", file: "OPTIONS", what };
}

/** Tables that the MANIFEST does not know may hold data that it should know. */
function strayFile(directory: string, { tables }: Manifest): Problem | undefined {
  const known = new Set(tables.map(({ number }) => number));
  for (const file of readdirSync(directory)) {
    const [, number, kind] = /^(\d+)\.(sst|ldb|blob)$/.exec(file) ?? [];
    if (kind === "blob") return { kind: "unsupported", file, what: "blob files" };
    if (number !== undefined && !known.has(Number(number))) return { kind: "unknown-table", file };
  }
  return undefined;
}

function surveyTable(directory: string, entry: TableEntry): Result<SurveyedTable, Problem> {
  const path = join(directory, `${String(entry.number).padStart(6, "0")}.sst`);
  return withTable(path, entry.bytes, (table) => {
    const properties = readProperties(table);
    if (!properties.ok) return properties;
    const what = notUnderstoodIn(properties.value);
    if (what !== undefined) return fail({ kind: "unsupported", file: table.file.name, what });
    return ok({ path, entry, properties: properties.value });
  });
}

function notUnderstoodIn(properties: TableProperties): string | undefined {
  if (properties.mergeOperands > 0) return "merge operands";
  const { comparator = ORDER, columnFamily = "default" } = properties;
  if (comparator !== ORDER) return `another order of keys, ${comparator}`;
  return columnFamily === "default" || columnFamily === ""
    ? undefined
    : `a table of the column family ${columnFamily}`;
}
