/** The reader of tables, on tables that RocksDB wrote. */
import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { ldb, missing, remove } from "../../test/database.ts";
import { write } from "../../test/write.ts";
import { survey } from "./survey.ts";
import { withTable } from "./table-file.ts";
import { scanTable } from "./table-scan.ts";

// A limit for what hangs, not a claim about speed.
setDefaultTimeout(120_000);

describe.skipIf(missing !== "")("tables", () => {
  let path = "";
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), "files-"));
  });
  afterEach(() => remove(path));

  test.each([
    "kNoCompression",
    "kSnappyCompression",
    "kZlibCompression",
    "kBZip2Compression",
    "kLZ4Compression",
    "kLZ4HCCompression",
    "kZSTD",
  ])("compressed by %s hold what RocksDB scans", (compression) => {
    expectSameAsLdb(`compression=${compression}`);
  });

  test.each([
    ...["kNoChecksum", "kCRC32c", "kxxHash", "kxxHash64", "kXXH3"].map(
      (name) => `checksum=${name}`,
    ),
    ...[0, 2, 3, 4, 5].map((version) => `format_version=${version}`),
    ...["kBinarySearch", "kTwoLevelIndexSearch", "kBinarySearchWithFirstKey"].map(
      (type) => `index_type=${type}`,
    ),
    "index_block_restart_interval=16;block_restart_interval=1",
    "index_type=kTwoLevelIndexSearch;partition_filters=true;filter_policy=bloomfilter:10:false;metadata_block_size=512",
    "data_block_index_type=kDataBlockBinaryAndHash",
    "block_align=true;block_size=4096",
  ])("with %s hold what RocksDB scans", (settings) => {
    const plain = settings.includes("block_align") || settings.endsWith("=0");
    const compression = plain ? "kNoCompression" : "kSnappyCompression";
    expectSameAsLdb(
      `compression=${compression};block_based_table_factory={block_size=512;${settings}}`,
    );
  });

  function expectSameAsLdb(options: string): void {
    write(
      path,
      [...puts(400), `put ff ${"00ff".repeat(50_000)}`, "put ff0001 ", "compact", "close"],
      options,
    );
    expect(scanned(path)).toBe(ldb(["scan", "--hex", `--db=${path}`]));
  }

  test("with a wrong byte anywhere are refused, or hold the same", () => {
    write(path, [...puts(400), "compact", "close"]);
    const sound = scanned(path);
    const name = readdirSync(path).find((one) => one.endsWith(".sst")) ?? "";
    const table = readFileSync(join(path, name));
    fc.assert(
      fc.property(fc.nat(table.length - 1), fc.integer({ min: 1, max: 255 }), (at, difference) => {
        const damaged = Buffer.from(table);
        damaged[at] = (damaged[at] as number) ^ difference;
        writeFileSync(join(path, name), damaged);
        expect(scanned(path)).toBeOneOf([sound, "refused"]);
      }),
      {
        numRuns: 300,
        examples: Array.from({ length: 60 }, (_, back) => [table.length - 1 - back, 1]),
      },
    );
  });
});

/** What all tables hold, as `ldb scan` prints it. */
function scanned(directory: string): string {
  const found = survey(directory);
  if (!found.ok) return "refused";
  const lines: string[] = [];
  for (const { path, entry, properties } of found.value.tables) {
    const read = withTable(path, entry.bytes, (table) =>
      scanTable(table, properties, ({ key, keyBytes, data, valueStart, valueBytes }) => {
        const value = new Uint8Array(data.buffer, data.byteOffset + valueStart, valueBytes);
        lines.push(`0x${upper(key.subarray(0, keyBytes - 8))} : 0x${upper(value)}\n`);
        return true;
      }),
    );
    if (!read.ok || read.value !== properties.entries) return "refused";
  }
  return lines.join("");
}

function upper(bytes: Uint8Array): string {
  return bytes.toHex().toUpperCase();
}

function puts(count: number): string[] {
  return Array.from(
    { length: count },
    (_, index) => `put ${index.toString(16).padStart(8, "0")} ${"5a".repeat(50)}`,
  );
}
