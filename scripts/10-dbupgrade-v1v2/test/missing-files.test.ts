/** Databases of which a file is missing or elsewhere: what is left reads like a whole, older one. */
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  expectedScan,
  ldb,
  makeBlobs,
  makeDataDirectory,
  missing,
  remove,
  scan,
  somePairs,
} from "./database.ts";
import { prepare, refusal } from "./prepare.ts";
import { put, write } from "./write.ts";

// A limit for what hangs, not a claim about speed.
setDefaultTimeout(120_000);

const PAIRS = somePairs(2, 500).filter(({ value }) => value !== "");
const PUTS = PAIRS.map(put);
const [FIRST, REST] = [PUTS.slice(0, 300), PUTS.slice(300)];
/** Several logs that all count. */
const SEVERAL_LOGS =
  "avoid_flush_during_recovery=true;write_buffer_size=65536;max_write_buffer_number=9;min_write_buffer_number_to_merge=8";

describe.skipIf(missing !== "")("a database", () => {
  let data = "";
  let elsewhere = "";
  afterEach(() => [data, elsewhere].filter(Boolean).forEach(remove));

  function make(operations: readonly string[], options = ""): void {
    data = makeDataDirectory({});
    makeBlobs(data, [1001n, 1002n]);
    write(join(data, "db"), operations, options);
  }

  const names = (pattern: RegExp) =>
    readdirSync(join(data, "db"))
      .filter((name) => pattern.test(name))
      .toSorted();

  function drop(pattern: RegExp): void {
    expect(names(pattern)).not.toEqual([]);
    for (const name of names(pattern)) rmSync(join(data, "db", name));
  }

  test.each([
    ["with its OPTIONS", [], "DatabaseUnsupported"],
    ["without its OPTIONS", [/^OPTIONS/], "DatabaseIncomplete"],
    ["without its OPTIONS and LOG", [/^OPTIONS/, /^LOG/], "DatabaseIncomplete"],
  ])("whose write-ahead log is elsewhere, %s, is refused", async (_, dropped, expected) => {
    elsewhere = mkdtempSync(join(tmpdir(), "wal-"));
    make([...FIRST, "flush", ...REST, "crash"], `wal_dir=${elsewhere}`);
    for (const pattern of dropped) drop(pattern);
    const { code, stderr } = await refusal(data);
    expect(code).toBe(expected);
    if (dropped.length < 2) expect(stderr).toContain(elsewhere);
    expect(stderr).not.toContain("Check the disk");
  });

  test("without any of several write-ahead logs is refused", async () => {
    const many = Array.from({ length: 4 }, () => PUTS).flat();
    make([...many, "crash"], SEVERAL_LOGS);
    const logs = names(/\.log$/);
    expect(logs.length).toBeGreaterThan(2);
    const whole = join(data, "whole");
    for (const log of logs.slice(0, -1)) {
      expect(Bun.spawnSync(["cp", "-a", `${data}/db`, whole]).exitCode).toBe(0);
      rmSync(join(data, "db", log));
      expect((await refusal(data)).code).toBe("DatabaseIncomplete");
      remove(join(data, "db"));
      expect(Bun.spawnSync(["mv", whole, `${data}/db`]).exitCode).toBe(0);
    }
  });

  test("with nothing but a write-ahead log that is missing is refused", async () => {
    make([...PUTS, "crash"]);
    drop(/\.log$/);
    const { code, stderr } = await refusal(data);
    expect(code).toBe("DatabaseIncomplete");
    expect(stderr).toMatch(/: its file 0000\d\d\.log is missing \(/);
  });

  test("without one of its tables is refused", async () => {
    make([...FIRST, "flush", ...REST, "flush", "crash"]);
    rmSync(join(data, "db", names(/\.sst$/)[0] ?? ""));
    expect((await refusal(data)).code).toBe("DatabaseIncomplete");
  });

  test.each([
    ["that a node closed", ["close"]],
    ["that a crash ended", ["crash"]],
  ])("%s is upgraded whole, also after it was read by ldb", async (_, end) => {
    make([...FIRST, "flush", ...REST, ...end], SEVERAL_LOGS);
    scan(join(data, "db"));
    expect(await prepare(data)).toMatchObject({ status: 0, code: "" });
    expect(scan(join(data, "db"))).toBe(expectedScan(PAIRS, "v2"));
  });

  test("restored from a checkpoint, without any log, is upgraded whole", async () => {
    make([...FIRST, "flush", ...REST, "crash"]);
    const [from, to] = [join(data, "db"), join(data, "copy")];
    ldb(["checkpoint", `--db=${from}`, `--checkpoint_dir=${to}`]);
    remove(from);
    expect(Bun.spawnSync(["mv", to, from]).exitCode).toBe(0);
    expect(await prepare(data)).toMatchObject({ status: 0, code: "" });
    expect(scan(from)).toBe(expectedScan(PAIRS, "v2"));
  });
});
