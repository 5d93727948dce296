/** MANIFEST and write-ahead logs, of databases that RocksDB wrote, whole and damaged. */
import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { ldb, missing, remove } from "../../test/database.ts";
import { write } from "../../test/write.ts";
import { crc32c, unmask } from "./crc32c.ts";
import { readManifest } from "./manifest.ts";
import { type Survey, survey } from "./survey.ts";
import { readWals } from "./wal.ts";

// A limit for what hangs, not a claim about speed.
setDefaultTimeout(120_000);

test("crc32c gives the values of RFC 3720, B.4, from any start", () => {
  const ascending = Uint8Array.from({ length: 32 }, (_, index) => index);
  expect(crc32c(new Uint8Array(32), 0, 32)).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255), 0, 32)).toBe(0x62a8ab43);
  expect(crc32c(ascending, 0, 32)).toBe(0x46dd794e);
  expect(crc32c(Uint8Array.of(7, 7, 7, ...ascending, 9), 3, 35)).toBe(0x46dd794e);
  expect(unmask(((0x46dd794e >>> 15) | (0x46dd794e << 17)) + 0xa282ead8)).toBe(0x46dd794e);
});

describe.skipIf(missing !== "")("what a database consists of", () => {
  let path = "";
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), "files-"));
  });
  afterEach(() => remove(path));

  function manifest() {
    const read = readManifest(path);
    if (!read.ok) throw new Error(JSON.stringify(read.error));
    return read.value;
  }
  const wals = () => readWals(path, manifest());
  function entries(): number {
    const read = wals();
    if (!read.ok) throw new Error(JSON.stringify(read.error));
    return read.value.totals.entries;
  }
  function log(): string {
    const { logNumber } = manifest();
    const names = readdirSync(path).filter((name) => name.endsWith(".log"));
    return join(path, names.find((name) => Number.parseInt(name, 10) >= logNumber) ?? "");
  }

  test("is what RocksDB lists", () => {
    write(path, [...puts(20), "flush", ...puts(20, 10), "compact", ...puts(5), "flush", "close"]);
    const listed = ldb(["list_live_files_metadata", "--sort_by_filename", `--db=${path}`]);
    const { tables, columnFamilies, comparator, lastSequence } = manifest();
    expect(tables.length).toBe(2);
    for (const { number, level } of tables)
      expect(listed).toContain(`/${String(number).padStart(6, "0")}.sst : level ${level}, `);
    expect({ columnFamilies, comparator, lastSequence }).toEqual({
      columnFamilies: ["default"],
      comparator: "leveldb.BytewiseComparator",
      lastSequence: 45,
    });
  });

  test("counts what is in the write-ahead log only", () => {
    write(path, [...puts(3), "flush", ...puts(7), "delete 01", "single-delete 02", "crash"]);
    const totals = { entries: 9, deletions: 2, rangeDeletions: 0, keyBytes: 30, valueBytes: 350 };
    expect(wals()).toMatchObject({ ok: true, value: { totals, lastSequence: 12 } });
  });

  test.each([
    ["a log", ""],
    ["a recycled log", "recycle_log_file_num=1;wal_recovery_mode=kSkipAnyCorruptedRecords"],
  ])("finds any wrong byte in %s that costs an entry", (_, options) => {
    const longer = [...puts(900), "flush", ...puts(900), "flush"];
    write(
      path,
      [...longer, ...puts(90), `put ff ${"ab".repeat(40_000)}`, ...puts(9, 0, "c3"), "crash"],
      options,
    );
    expect(entries()).toBe(100);
    const sound = readFileSync(log());
    const end = sound.lastIndexOf(Buffer.alloc(50, 0xc3)) + 50;
    fc.assert(
      fc.property(fc.nat(end - 1), fc.integer({ min: 1, max: 255 }), (at, difference) => {
        const damaged = Buffer.from(sound);
        damaged[at] = (damaged[at] as number) ^ difference;
        writeFileSync(log(), damaged);
        const read = wals();
        expect(read.ok ? read.value.totals.entries : read.error.kind).toBeOneOf([100, "corrupt"]);
        if (read.ok) expect(sound[at]).toBe(0); // a block's filler
      }),
      { numRuns: 400, examples: lastRecord(end) },
    );
  });

  /** Every byte of the last record, with each of its bits. */
  function lastRecord(end: number): [number, number][] {
    return Array.from({ length: 80 }, (_, back) => end - 1 - back).flatMap((at) =>
      [1, 2, 4, 8, 16, 32, 64, 128].map((bit): [number, number] => [at, bit]),
    );
  }

  test("takes a log that was cut anywhere for what it holds before", () => {
    write(path, [...puts(700), "crash"]);
    const sound = readFileSync(log());
    const record = 7 + 12 + 1 + 5 + 51;
    fc.assert(
      fc.property(fc.nat(sound.length), (length) => {
        writeFileSync(log(), sound.subarray(0, length));
        expect(entries()).toBeOneOf([Math.floor(length / record), Math.floor(length / record) - 1]);
      }),
    );
    writeFileSync(log(), Buffer.concat([sound, Buffer.alloc(100_000)]));
    expect(entries()).toBe(700);
  });

  test.each([
    ["while it was written", [[...puts(2500), "close"]], LOGS_KEPT],
    ["when it was opened", [[...puts(3), "crash"], [...puts(3), "crash"], ["close"]], LOGS_KEPT],
    ["and tables", [[...puts(3), "flush", ...puts(3), "crash"]], ""],
    ["and nothing else", [[...puts(3), "crash"]], ""],
  ])("misses any log that a database made %s", (_, sessions, options) => {
    for (const operations of sessions) write(path, operations, options);
    const logs = readdirSync(path).filter((name) => name.endsWith(".log"));
    const before = entries();
    for (const name of logs) {
      const content = readFileSync(join(path, name));
      rmSync(join(path, name));
      const read = wals();
      expect(read.ok ? name : read.error.kind).toBeOneOf(["gap", "missing"]);
      writeFileSync(join(path, name), content);
    }
    expect(entries()).toBe(before);
  });

  test("takes entries that the MANIFEST counts for lost by a power cut only where the log was cut", () => {
    write(path, [...puts(3), "flush", ...puts(3), "crash"]);
    const ahead = { ...manifest(), lastSequence: 9 };
    const kindOf = () => {
      const read = readWals(path, ahead);
      return read.ok ? read.value.totals.entries : read.error.kind;
    };
    expect(kindOf()).toBe("gap");
    const whole = readFileSync(log());
    writeFileSync(log(), whole.subarray(0, -5));
    expect(kindOf()).toBe(2);
    writeFileSync(log(), Buffer.concat([whole, Buffer.alloc(4096)]));
    expect(kindOf()).toBe(3);
    writeFileSync(log(), "");
    expect(kindOf()).toBe(0);
  });

  test("names the directory of logs that are elsewhere", () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "wal-"));
    write(path, [...puts(3), "flush", ...puts(3), "crash"], `wal_dir=${elsewhere}`);
    const read = wals();
    expect(read.ok ? "" : JSON.stringify(read.error)).toContain(elsewhere);
    remove(elsewhere);
  });

  test("needs no log in a checkpoint", () => {
    write(path, [...puts(3), "flush", ...puts(3), "crash"]);
    const copy = `${path}.checkpoint`;
    ldb(["checkpoint", `--db=${path}`, `--checkpoint_dir=${copy}`]);
    remove(path);
    path = copy;
    expect(surveyed(path)).toMatchObject({ entries: 6, lastSequence: 6, wals: { files: [] } });
  });
});

/** RocksDB writes the last lines of its LOG late: what a crash left shows all logs but the last. */
const LOGS_KEPT =
  "avoid_flush_during_recovery=true;avoid_flush_during_shutdown=true;write_buffer_size=65536;max_write_buffer_number=9;min_write_buffer_number_to_merge=8";

function surveyed(path: string): Survey {
  const found = survey(path);
  if (!found.ok) throw new Error(JSON.stringify(found.error));
  return found.value;
}

function puts(count: number, from = 0, value = "5a"): string[] {
  return Array.from(
    { length: count },
    (_, index) => `put ${hex(from + index)} ${value.repeat(50)}`,
  );
}

function hex(number: number): string {
  return number.toString(16).padStart(8, "0");
}
