/** RocksDB's count of what it read against the count of its files, on databases with a history. */
import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { missing, remove } from "../test/database.ts";
import { write } from "../test/write.ts";
import { checkComplete } from "./complete.ts";
import { closeDatabase, openToRead, scan, tablesOf } from "./database.ts";
import { survey } from "./files/survey.ts";
import { rangesOf } from "./parts.ts";
import { loadRocksDb } from "./rocksdb.ts";

// A limit for what hangs, not a claim about speed.
setDefaultTimeout(120_000);

const OVERWRITTEN = [...puts(100), "flush", ...puts(100), "flush", ...puts(50)];
const DELETED = [...puts(99), "flush", ...deletions(60, 10), ...puts(5, 20), "flush"];

describe.skipIf(missing !== "")("all that a database's files hold is read", () => {
  let path = "";
  beforeEach(() => {
    path = join(mkdtempSync(join(tmpdir(), "complete-")), "db");
  });
  afterEach(() => remove(join(path, "..")));

  test.each([
    ["plain keys", [...puts(100), "flush", ...puts(50, 200)], 150],
    ["keys that were overwritten, in tables and the log", OVERWRITTEN, 250],
    ["one key that was overwritten often", Array.from({ length: 60 }, () => puts(1)[0] ?? ""), 60],
    ["deleted keys", [...DELETED, ...deletions(9, 90)], 168],
    ["nothing but deletions", deletions(70, 0), 70],
    ["single deletions", [...puts(9), "flush", `single-delete ${key(3)}`], 10],
    ["a deleted range of keys", [...puts(99), "flush", `delete-range ${key(5)} ${key(50)}`], 100],
  ])("with %s", (_, operations, entries) => {
    write(path, [...operations, "crash"], "disable_auto_compactions=true");
    const counted = survey(path);
    if (!counted.ok) throw new Error(JSON.stringify(counted.error));
    expect(counted.value.entries).toBe(entries);
    const [rocks, { handle }] = open();
    const ranges = rangesOf(tablesOf(rocks, { path, handle }), 3);
    const read = ranges
      .map((range) => scan(rocks, handle, range, () => true))
      .reduce((sum, one) => sum + (one.ok ? one.value : Number.NaN), 0);
    const check = (off: number) =>
      checkComplete(rocks, { path, handle }, read, {
        entries: entries + off,
        rangeDeletions: counted.value.rangeDeletions,
      });
    expect(check(0)).toEqual({ ok: true, value: undefined });
    for (const off of [1, -1])
      expect(check(off)).toMatchObject({ ok: false, error: expect.stringContaining("RocksDB") });
    closeDatabase(rocks, { path, handle });
  });

  function open() {
    const rocks = loadRocksDb();
    if (!rocks.ok) throw new Error(rocks.error.cause);
    const opened = openToRead(rocks.value, path);
    if (!opened.ok) throw new Error(opened.error);
    return [rocks.value, opened.value] as const;
  }
});

function key(number: number): string {
  return number.toString(16).padStart(32, "0");
}

function puts(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => `put ${key(from + index)} 5a5a`);
}

function deletions(count: number, from: number): string[] {
  return Array.from({ length: count }, (_, index) => `delete ${key(from + index)}`);
}
