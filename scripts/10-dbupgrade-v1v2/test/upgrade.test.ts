import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import {
  type Pair,
  expectedScan,
  ldb,
  load,
  makeBlobs,
  makeDataDirectory,
  missing,
  remove,
  scan,
  snapshot,
  somePairs,
  upgrade,
  v1Key,
  v2Key,
} from "./database.ts";

// A limit for what hangs, not a claim about speed.
setDefaultTimeout(120_000);

describe.skipIf(missing !== "")("an upgrade", () => {
  let data = "";
  afterEach(() => remove(data));

  test("orders all pairs by inode, keeps v1 beside, and says so", () => {
    const pairs = somePairs(5, 200);
    data = makeDataDirectory({ db: pairs });
    expect(upgrade(data)).toEqual({
      status: 0,
      stdout: `${data}/db: upgrading about 1000 keys, 2 MB, to v2
${data}/db: successfully upgraded database to v2; v1 is kept at ${data}/db-old
`,
      stderr: "",
    });
    expect(scan(join(data, "db"))).toBe(expectedScan(pairs, "v2"));
    expect(scan(join(data, "db-old"))).toBe(expectedScan(pairs, "v1"));
    expect(readdirSync(data).toSorted()).toEqual(["db", "db-format.json", "db-old", "dev1"]);
    expect(existsSync(join(data, "db/upgrade"))).toBe(false);
  });

  test("leaves tables that RocksDB finds sound, and a database it can write to", () => {
    data = makeDataDirectory({ db: somePairs(3, 500) });
    expect(upgrade(data).status).toBe(0);
    const tables = readdirSync(join(data, "db")).filter((name) => name.endsWith(".sst"));
    expect(tables.length).toBeGreaterThan(0);
    for (const table of tables) {
      const checked = spawnSync("sst_dump", [`--file=${data}/db/${table}`, "--command=verify"], {
        encoding: "utf8",
      });
      expect(checked.stdout).toContain("The file is ok");
    }
    const key = v2Key({ inode: 1001n, offset: 1n });
    ldb(["put", "--hex", `--db=${data}/db`, `0x${key}`, "0xff"]);
    expect(ldb(["get", "--hex", `--db=${data}/db`, `0x${key}`]).trim()).toBe("0xFF");
  });

  test("done again does nothing", () => {
    data = makeDataDirectory({ db: somePairs(2, 10) });
    upgrade(data);
    const before = snapshot(data);
    expect(upgrade(data)).toEqual({
      status: 0,
      stdout: `${data}/db: already v2, nothing to do\n`,
      stderr: "",
    });
    expect(snapshot(data)).toEqual(before);
  });

  test("takes every db[N] and nothing else", () => {
    const pairs = {
      db: somePairs(2, 3),
      db1: somePairs(3, 5),
      db12: somePairs(1, 9),
      "db-v2": somePairs(1, 1),
      mydb: somePairs(1, 1),
    };
    data = makeDataDirectory(pairs);
    expect(upgrade(data).status).toBe(0);
    for (const name of ["db", "db1", "db12"] as const) {
      expect(scan(join(data, name))).toBe(expectedScan(pairs[name], "v2"));
      expect(scan(join(data, `${name}-old`))).toBe(expectedScan(pairs[name], "v1"));
    }
    expect(scan(join(data, "db-v2"))).toBe(expectedScan(pairs["db-v2"], "v1"));
    expect(scan(join(data, "mydb"))).toBe(expectedScan(pairs.mydb, "v1"));
  });

  test("puts none in place if one of several cannot be upgraded", () => {
    data = makeDataDirectory({ db: somePairs(2, 50), db1: somePairs(2, 50) });
    ldb(["put", "--hex", `--db=${data}/db1`, "0xabcd", "0x00"]);
    const before = snapshot(join(data, "db"));
    expect(upgrade(data).status).toBe(1);
    expect(snapshot(join(data, "db"))).toEqual(before);
    expect(readdirSync(data).filter((name) => /-(?:new|old)$/.test(name))).toEqual([]);
  });

  test("without any blobs takes what is plainly v1", () => {
    const pairs = somePairs(4, 400);
    data = makeDataDirectory({ db: pairs });
    remove(join(data, "dev1"));
    expect(upgrade(data)).toMatchObject({ status: 0, stderr: "" });
    expect(scan(join(data, "db"))).toBe(expectedScan(pairs, "v2"));
  });

  test("gives v2 the owner, the mode and the settings of v1", () => {
    const pairs = somePairs(2, 1000);
    data = makeDataDirectory({});
    makeBlobs(data, [1001n, 1002n]);
    load(
      join(data, "db"),
      pairs.map((pair) => [v1Key(pair), pair.value] as const),
      "--compression_type=zlib",
    );
    chmodSync(join(data, "db"), 0o700);
    spawnSync("chown", ["1234:4321", join(data, "db")]);
    expect(upgrade(data).status).toBe(0);
    const { mode, uid, gid } = statSync(join(data, "db"));
    expect({ mode: mode & 0o7777, uid, gid }).toEqual({ mode: 0o700, uid: 1234, gid: 4321 });
    expect(settingsOf(join(data, "db"))).toContain("compression=kZlibCompression");
    expect(settingsOf(join(data, "db"))).toBe(settingsOf(join(data, "db-old")));
    const table = readdirSync(join(data, "db")).find((name) => name.endsWith(".sst"));
    const shown = spawnSync("sst_dump", [`--file=${data}/db/${table}`, "--show_properties"]);
    expect(shown.stdout.toString()).toContain("SST file compression algo: Zlib");
    expect(scan(join(data, "db"))).toBe(expectedScan(pairs, "v2"));
  });

  test("carries large and empty values, deletions, overwritten keys and the whole range of inodes", () => {
    const pairs: Pair[] = [
      { offset: 0n, inode: 1n, value: "" },
      { offset: 0n, inode: 2n ** 64n - 1n, value: "01" },
      { offset: 2n ** 64n - 1n, inode: 2n ** 53n + 1n, value: "0203" },
      { offset: 2n ** 64n - 1n, inode: 2n ** 53n, value: "030405" },
      { offset: 4096n, inode: 256n, value: "ab".repeat(1 << 20) },
    ];
    data = makeDataDirectory({ db: pairs });
    const gone = v1Key({ offset: 8192n, inode: 1n });
    ldb(["put", "--hex", `--db=${data}/db`, `0x${gone}`, "0x00"]);
    ldb(["compact", `--db=${data}/db`]);
    ldb(["delete", "--hex", `--db=${data}/db`, `0x${gone}`]);
    ldb(["put", "--hex", `--db=${data}/db`, `0x${v1Key({ offset: 0n, inode: 1n })}`, "0xfe"]);
    expect(upgrade(data).status).toBe(0);
    const [first, ...others] = pairs;
    const expected = [{ offset: 0n, inode: 1n, ...first, value: "fe" }, ...others];
    expect(scan(join(data, "db"))).toBe(expectedScan(expected, "v2"));
  });

  test("gives the same pairs whatever they are", () => {
    const number = fc.oneof(fc.bigInt(0n, 5n), fc.bigInt(0n, 2n ** 64n - 1n));
    const value = fc.uint8Array({ maxLength: 40 }).map((bytes) => bytes.toHex());
    const pairs = fc.uniqueArray(fc.record({ offset: number, inode: number, value }), {
      selector: v1Key,
      minLength: 1,
      maxLength: 60,
    });
    const holds = fc.property(pairs, (some) => {
      data = makeDataDirectory({ db: some });
      try {
        remove(join(data, "dev1")); // inodes and offsets as they come: the blobs would prove v2 of some
        const decided = {
          NODE_VERSION: "1.4.0",
          NODE_NAME: "worker",
          STORAGEOS_INIT_DB_FORMAT: "worker/db=v1",
        };
        expect(upgrade(data, decided)).toMatchObject({ status: 0, stderr: "" });
        expect(scan(join(data, "db"))).toBe(expectedScan(some, "v2"));
      } finally {
        remove(data);
      }
    });
    fc.assert(holds, { numRuns: 12 });
  });
});

function settingsOf(database: string): string {
  const name = readdirSync(database).find((entry) => entry.startsWith("OPTIONS-"));
  return readFileSync(join(database, name ?? ""), "utf8");
}
