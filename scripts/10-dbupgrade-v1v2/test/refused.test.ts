import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { spawn, spawnSync } from "node:child_process";
import {
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import {
  ldb,
  makeDataDirectory,
  missing,
  remove,
  scan,
  snapshot,
  somePairs,
  upgrade,
  expectedScan,
  v1Key,
} from "./database.ts";

// A limit for what hangs, not a claim about speed.
setDefaultTimeout(120_000);

describe.skipIf(missing !== "")("refused, with nothing changed:", () => {
  let data = "";
  afterEach(() => {
    spawnSync("umount", ["-l", data], { stdio: "ignore" });
    remove(data);
  });

  /** The error, after it was seen that the run left everything as it was. */
  function refusal(): string {
    const before = snapshot(data);
    const { status, stderr } = upgrade(data);
    expect(
      snapshot(data)
        .filter((line) => !before.includes(line))
        .map((line) => line.split(" ")[0]),
    ).toEqual([]);
    expect(status).toBe(1);
    return stderr;
  }

  test("a key of another width", () => {
    data = makeDataDirectory({ db: somePairs(2, 10) });
    ldb(["put", "--hex", `--db=${data}/db`, "0x0000000000000000000000000000abcdef", "0x00"]);
    expect(refusal()).toBe(
      `cannot upgrade ${data}/db: its key 0x0000000000000000000000000000abcdef has 17 bytes, and a v1 key has 16, so it is not v1 as this program knows it. Nothing was changed. Ask for help before going on.\n`,
    );
  });

  test("keys whose inode has no blob, with the file to look for and the way on", () => {
    data = makeDataDirectory({ db: somePairs(2, 10) });
    for (const offset of [40960n, 8192n])
      ldb(["put", "--hex", `--db=${data}/db`, `0x${v1Key({ offset, inode: 9999n })}`, "0x00"]);
    expect(refusal()).toMatch(
      new RegExp(
        `^cannot upgrade ${data}/db: 2 of its keys are of volumes without block data, the first of inode 9999, and vol\\.9999\\.<n>\\.blob is in no ${data}/dev\\*\\. Most keys fit v1 \\(22 keys: 20 fit only v1, 0 only v2, 0 both, 2 neither\\)\\. Nothing was changed\\. Look for that file\\. If the volume was deleted and the database is v1, decide it: set STORAGEOS_INIT_DB_FORMAT=\\S+/db=v1, or on the node: touch ${data}/db-is-v1-\\w{8}\n$`,
      ),
    );
  });

  test("keys of both formats", () => {
    data = makeDataDirectory({ db: somePairs(2, 10) });
    ldb(["put", "--hex", `--db=${data}/db`, "0x00000000000003e90000000000001000", "0x00"]);
    expect(refusal()).toBe(
      `cannot upgrade ${data}/db: it holds keys of both v1 and v2 (21 keys: 20 fit only v1, 1 only v2, 0 both, 0 neither). Nothing was changed. Restore the database from a backup of one format, or ask for help before going on.\n`,
    );
  });

  test("an SST file with a wrong byte", () => {
    data = makeDataDirectory({ db: somePairs(2, 2000) });
    ldb(["compact", `--db=${data}/db`]);
    const table = readdirSync(join(data, "db")).find((name) => name.endsWith(".sst")) ?? "";
    const path = join(data, "db", table);
    writeSync(openSync(path, "r+"), "x", Math.floor(statSync(path).size / 2));
    expect(refusal()).toMatch(
      new RegExp(
        `^cannot read ${data}/db: Corruption: block checksum mismatch: .*/${table} .*\\. Nothing was changed\\. Check the disk`,
      ),
    );
  });

  test("an SST file cut short", () => {
    data = makeDataDirectory({ db: somePairs(2, 2000) });
    ldb(["compact", `--db=${data}/db`]);
    const table = readdirSync(join(data, "db")).find((name) => name.endsWith(".sst")) ?? "";
    truncateSync(join(data, "db", table), 1000);
    expect(refusal()).toMatch(
      new RegExp(
        `^cannot read ${data}/db: ${table}: it has 1000 bytes instead of .* Nothing was changed\\.`,
      ),
    );
  });

  test.each(["MANIFEST-000005", "CURRENT"])("no %s", (name) => {
    data = makeDataDirectory({ db: somePairs(2, 10) });
    rmSync(join(data, "db", name));
    expect(refusal()).toStartWith(
      `cannot upgrade ${data}/db: its file ${name} is missing (the database needs it). Nothing was changed. `,
    );
  });

  test("a directory that is no database", () => {
    data = makeDataDirectory({});
    mkdirSync(join(data, "db"));
    writeFileSync(join(data, "db/LOCK"), "");
    expect(refusal()).toStartWith(`cannot upgrade ${data}/db: its file CURRENT is missing `);
  });

  test("a database that a running process has open", async () => {
    data = makeDataDirectory({ db: somePairs(2, 10) });
    // ldb reads commands from its input and keeps the database open meanwhile
    const node = spawn("ldb", ["query", `--db=${data}/db`], { stdio: ["pipe", "pipe", "ignore"] });
    await waitUntil(() => readFileSync("/proc/locks", "utf8").includes(` ${node.pid} `));
    const { status, stderr } = upgrade(data);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `cannot upgrade ${data}/db: it is in use by process ${node.pid} (ldb). Stop the node container on this node, then let this pod start again.\n`,
    });
    node.kill();
    await waitUntil(() => node.signalCode !== null);
    expect(upgrade(data).status).toBe(0);
  });

  test("another upgrade that is running", async () => {
    data = makeDataDirectory({ db: somePairs(2, 10) });
    const other = spawn("flock", [data, "sleep", "1000"], { stdio: "ignore", detached: true });
    await waitUntil(() => spawnSync("flock", ["-n", data, "true"]).status === 1);
    expect(refusal()).toBe(
      `cannot lock ${data}: another upgrade of its databases is running. Wait for it to end; the next run goes on from what it did.\n`,
    );
    process.kill(-(other.pid ?? 0));
  });

  test("a db-old that is already there", () => {
    data = makeDataDirectory({ db: somePairs(2, 10), "db-old": somePairs(1, 1) });
    expect(refusal()).toBe(
      `cannot upgrade ${data}/db: ${data}/db-old is already there, where its v1 is to be kept. Nothing was changed. Move it away, or remove it if its data is no longer needed: mv ${data}/db-old ${data}/db-old.1\n`,
    );
  });

  test("a write-ahead log that is kept elsewhere", () => {
    data = makeDataDirectory({ db: somePairs(2, 10) });
    const options = readdirSync(join(data, "db")).find((name) => name.startsWith("OPTIONS")) ?? "";
    const path = join(data, "db", options);
    writeFileSync(
      path,
      readFileSync(path, "utf8").replace("[DBOptions]", "[DBOptions]\n  wal_dir=/elsewhere"),
    );
    expect(refusal()).toBe(
      `cannot upgrade ${data}/db: it has its write-ahead log in another directory, /elsewhere (in OPTIONS). Nothing was changed. No node below 1.4.0 makes such a database; ask for help before going on.\n`,
    );
  });

  test("column families", () => {
    data = makeDataDirectory({ db: somePairs(2, 10) });
    ldb(["create_column_family", `--db=${data}/db`, "more"]);
    expect(refusal()).toStartWith(
      `cannot upgrade ${data}/db: it has further column families: more (in MANIFEST-`,
    );
  });

  test("a file system that is mounted read-only", () => {
    data = makeDataDirectory({ db: somePairs(2, 10) });
    spawnSync("mount", ["--bind", data, data]);
    spawnSync("mount", ["-o", "remount,bind,ro", data]);
    expect(refusal()).toBe(
      `cannot lock ${data}/db: EROFS: read-only file system, open '${data}/db/LOCK'. Make the data directory writable for root, on a file system that is mounted read-write.\n`,
    );
  });

  test("a dev directory that cannot be read", () => {
    data = makeDataDirectory({ db: somePairs(2, 10) });
    writeFileSync(join(data, "dev2"), "no directory");
    expect(refusal()).toBe(
      `cannot upgrade the databases in ${data}: ENOTDIR: not a directory, scandir '${data}/dev2'. No database was changed or lost. Fix the reported error; the next run starts again.\n`,
    );
  });

  test("a data directory that cannot be written to", () => {
    data = makeDataDirectory({ db: somePairs(2, 10) });
    const asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    const before = snapshot(data);
    const { status, stderr } = upgrade(data, { NODE_VERSION: "1.4.0" }, asNobody);
    expect(stderr).toBe(
      `cannot lock ${data}/db: EACCES: permission denied, open '${data}/db/LOCK'. Make the data directory writable for root, on a file system that is mounted read-write.\n`,
    );
    expect(status).toBe(1);
    expect(snapshot(data)).toEqual(before);
  });
});

describe.skipIf(missing !== "")("leftovers", () => {
  let data = "";
  afterEach(() => remove(data));

  test("of a run that was cut off are removed, and the upgrade starts again", () => {
    const pairs = somePairs(2, 10);
    data = makeDataDirectory({ db: pairs, "db-new": somePairs(7, 3) });
    mkdirSync(join(data, "db-new/upgrade"));
    writeFileSync(join(data, "db-new/upgrade/part-0-0.sst"), "torn");
    writeFileSync(join(data, ".db-format.json.4711.tmp"), "to");
    writeFileSync(
      join(data, "db-format.json"),
      '{"format":"v2","identity":"x","upgradedFrom":"y"}',
    );
    expect(upgrade(data).status).toBe(0);
    expect(scan(join(data, "db"))).toBe(expectedScan(pairs, "v2"));
    expect(readdirSync(data).toSorted()).toEqual(["db", "db-format.json", "db-old", "dev1"]);
  });
});

async function waitUntil(holds: () => boolean): Promise<void> {
  while (!holds()) await Bun.sleep(10);
}
