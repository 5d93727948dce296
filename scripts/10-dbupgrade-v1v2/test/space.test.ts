/** The upgrade where the file system is nearly full, and of a database large enough to be cut in parts. */
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statfsSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { loadRocksDb } from "../lib/rocksdb.ts";
import {
  expectedScan,
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
} from "./database.ts";

// A limit for what hangs, not a claim about speed.
setDefaultTimeout(120_000);

describe.skipIf(missing !== "")("on a nearly full file system", () => {
  let data = "";
  afterEach(() => {
    spawnSync("umount", ["-l", data], { stdio: "ignore" });
    remove(data);
  });

  function makeOnTmpfs(options: string, pairs: ReturnType<typeof somePairs>): void {
    data = mkdtempSync(join(tmpdir(), "dbupgrade-"));
    expect(spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", data]).status).toBe(0);
    makeBlobs(
      data,
      pairs.map(({ inode }) => inode),
    );
    load(
      join(data, "db"),
      pairs.map((pair) => [v1Key(pair), pair.value]),
    );
  }

  test("it refuses before it writes anything, and says how much is missing", () => {
    makeOnTmpfs("size=20m", somePairs(4, 60_000));
    const before = snapshot(data);
    const { status, stderr } = upgrade(data);
    expect(stderr).toMatch(
      new RegExp(
        `^cannot upgrade in ${data}: it needs \\d+ MB free and has \\d+ MB\\. Free \\d+ MB on that file system; nothing was changed\\.\n$`,
      ),
    );
    expect(status).toBe(1);
    expect(snapshot(data)).toEqual(before);
  });

  test("what it asks for is enough", () => {
    const pairs = somePairs(4, 60_000);
    makeOnTmpfs("size=200m", pairs);
    const { bavail, bsize } = statfsSync(data);
    writeFileSync(join(data, "filler"), "");
    truncateSync(join(data, "filler"), 0);
    spawnSync("fallocate", ["-l", String(bavail * bsize - (1 << 20)), join(data, "filler")]);
    const needed = Number(/it needs (\d+) MB/.exec(upgrade(data).stderr)?.[1]) * 1e6;
    spawnSync("fallocate", ["-p", "-o", "0", "-l", String(needed), join(data, "filler")]);
    expect(upgrade(data)).toMatchObject({ status: 0, stderr: "" });
    expect(scan(join(data, "db"))).toBe(expectedScan(pairs, "v2"));
  });

  test("without a free inode for one of its files it leaves v1 as it was, whichever file it is", () => {
    const pairs = somePairs(2, 100);
    let refused = 0;
    for (let inodes = 10; ; inodes++) {
      makeOnTmpfs("size=100m,nr_inodes=1000", pairs);
      const used = 1000 - statfsSync(data).ffree;
      spawnSync("mount", ["-o", `remount,nr_inodes=${used + inodes - 10}`, data]);
      const before = snapshot(join(data, "db"));
      const { status, stderr } = upgrade(data);
      if (status === 0) break;
      refused++;
      expect(stderr).toMatch(/^cannot .*(?:No space left on device|ENOSPC)/);
      expect(snapshot(join(data, "db"))).toEqual(before);
      spawnSync("umount", [data]);
      remove(data);
    }
    expect(refused).toBeGreaterThan(3);
    expect(scan(join(data, "db"))).toBe(expectedScan(pairs, "v2"));
  });
});

describe.skipIf(missing !== "" || availableParallelism() < 2)("a larger database", () => {
  let data = "";
  afterEach(() => remove(data));

  test("is read, written and read back in parts", () => {
    const pairs = somePairs(4, 1200).map(({ offset, inode, value }) => ({
      offset,
      inode,
      value: value.padEnd(1600, "5"),
    }));
    data = makeDataDirectory({});
    makeBlobs(
      data,
      pairs.map(({ inode }) => inode),
    );
    // each load leaves a table file of its own
    for (let at = 0; at < pairs.length; at += 1200)
      load(
        join(data, "db"),
        pairs.slice(at, at + 1200).map((pair) => [v1Key(pair), pair.value]),
      );
    const log = join(data, "strace");
    const traced = ["strace", "-f", "-qq", "-o", log, "-e", "trace=openat"];
    expect(upgrade(data, { NODE_VERSION: "1.4.0" }, traced)).toMatchObject({
      status: 0,
      stderr: "",
    });
    const opened = readFileSync(log, "utf8");
    for (const name of ["runs-0", "runs-1", "part-0-0.sst", "part-1-0.sst"])
      expect(opened).toContain(`/db-new/upgrade/${name}"`);
    expect(scan(join(data, "db"))).toBe(expectedScan(pairs, "v2"));
  });
});

test("without librocksdb it says which package has it", () => {
  const empty = mkdtempSync(join(tmpdir(), "no-library-"));
  mkdirSync(join(empty, "lib"));
  expect(loadRocksDb([empty, join(empty, "lib"), "/nonexistent"])).toMatchObject({
    ok: false,
    error: {
      code: "RocksDbMissing",
      cause: `cannot find librocksdb.so in ${empty}, ${empty}/lib, /nonexistent`,
      fix: "Use an image that holds Debian's package librocksdb7.8, as the project's own does.",
    },
  });
  writeFileSync(join(empty, "librocksdb.so.9.10"), "not a library");
  const loaded = loadRocksDb([empty]);
  expect(loaded.ok ? "" : loaded.error.cause).toStartWith(
    `cannot load ${empty}/librocksdb.so.9.10: `,
  );
});
