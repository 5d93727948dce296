/** Databases whose node crashed: the last records are in the write-ahead log only. */
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { openSync, readFileSync, readdirSync, statSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";
import {
  expectedScan,
  makeBlobs,
  makeDataDirectory,
  missing,
  type Pair,
  remove,
  scan,
  snapshot,
  somePairs,
  upgrade,
  v1Key,
} from "./database.ts";
import { put, write } from "./write.ts";

// A limit for what hangs, not a claim about speed.
setDefaultTimeout(120_000);

const PAIRS = somePairs(2, 500).filter(({ value }) => value !== "");

describe.skipIf(missing !== "")("a write-ahead log", () => {
  let data = "";
  afterEach(() => remove(data));

  function crashed(operations: readonly string[], pairs: readonly Pair[] = PAIRS): void {
    data = makeDataDirectory({});
    makeBlobs(
      data,
      pairs.map(({ inode }) => inode),
    );
    write(join(data, "db"), [...operations, "crash"]);
  }

  function log(): string {
    const names = readdirSync(join(data, "db")).filter((name) => name.endsWith(".log"));
    const [largest = ""] = names
      .map((name) => join(data, "db", name))
      .toSorted((a, b) => statSync(b).size - statSync(a).size);
    return largest;
  }

  function expectRefused(words: RegExp): void {
    const before = snapshot(data);
    const { status, stdout, stderr } = upgrade(data);
    expect(stdout).not.toContain("successfully upgraded");
    expect(stderr).toMatch(words);
    expect(status).toBe(1);
    expect(readdirSync(data)).not.toContain("db-old");
    expect(snapshot(data).filter((line) => !before.includes(line))).toEqual([]);
  }

  test("with plain records is upgraded whole", () => {
    crashed(PAIRS.map(put));
    expect(upgrade(data).status).toBe(0);
    expect(scan(join(data, "db"))).toBe(expectedScan(PAIRS, "v2"));
  });

  test("that a crash left torn at its end is upgraded without the torn record", () => {
    crashed(PAIRS.map(put));
    truncateSync(log(), statSync(log()).size - 5);
    expect(upgrade(data).status).toBe(0);
    expect(scan(join(data, "db"))).toBe(expectedScan(PAIRS.slice(0, -1), "v2"));
  });

  test("with overwritten keys, deletions and deleted ranges is upgraded whole", () => {
    const [first, second, third, ...rest] = PAIRS;
    if (first === undefined || second === undefined || third === undefined) throw new Error("few");
    const last = rest.at(-1) ?? third;
    crashed([
      ...PAIRS.map((pair) => put({ ...pair, value: "00" })),
      "flush",
      ...PAIRS.map(put),
      `delete ${v1Key(first)}`,
      "flush",
      `delete-range ${v1Key(second)} ${v1Key(third)}`,
      put({ ...last, value: "abcd" }),
    ]);
    expect(upgrade(data).status).toBe(0);
    const kept = [third, ...rest.slice(0, -1), { ...last, value: "abcd" }];
    expect(scan(join(data, "db"))).toBe(expectedScan(kept, "v2"));
  });

  test("with nothing but deleted keys holds nothing to upgrade", () => {
    crashed([...PAIRS.map(put), "flush", ...PAIRS.map((pair) => `delete ${v1Key(pair)}`)]);
    const { status, stdout } = upgrade(data);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `${data}/db: holds no keys, nothing to upgrade\n`,
    });
  });

  test("with a merge between other records is refused", () => {
    const [first, second, ...rest] = PAIRS;
    if (first === undefined || second === undefined) throw new Error("no pairs");
    const merge = `merge ${v1Key(first)} 0300000000000000`;
    crashed([put(first), "flush", merge, put(second), ...rest.map(put)]);
    expectRefused(/^cannot (?:read|upgrade) /);
  });

  test("with nothing but a merge is refused", () => {
    crashed([`merge ${"0".repeat(31)}1 0300000000000000`]);
    expectRefused(/^cannot (?:read|upgrade) /);
  });

  test("with a wrong byte in its middle is refused", () => {
    crashed(PAIRS.map(put));
    const size = statSync(log()).size;
    const at = Math.floor(size / 2);
    const wrong = (readFileSync(log())[at] ?? 0) ^ 0xff;
    writeSync(openSync(log(), "r+"), Buffer.from([wrong]), 0, 1, at);
    expectRefused(/^cannot read .*Check the disk/s);
  });
});
