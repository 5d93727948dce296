/** Databases that hold what no v1 node writes: a node's data would be cut down or lost in v2. */
import {
  afterAll,
  afterEach,
  beforeAll,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeBlobs, makeDataDirectory, missing, remove } from "./database.ts";
import { refusal } from "./prepare.ts";

// A limit for what hangs, not a claim about speed.
setDefaultTimeout(120_000);

const WIDE_COLUMNS = "it has wide columns";
const TRANSACTIONS = "it has transactions that are committed in two phases";
const SOURCE = join(import.meta.dir, "odd-writer.cpp");
const canBuild = Bun.which("g++") !== null;
if (!canBuild) process.stderr.write("tests skipped: apt-get install g++ librocksdb-dev\n");

describe.skipIf(missing !== "" || !canBuild)("a database is refused that holds", () => {
  let tools = "";
  let data = "";
  beforeAll(() => {
    tools = mkdtempSync(join(tmpdir(), "odd-writer-"));
    const built = spawnSync("g++", ["-o", `${tools}/odd-writer`, SOURCE, "-lrocksdb"]);
    expect(built.stderr.toString()).toBe("");
  });
  afterAll(() => rmSync(tools, { recursive: true, force: true }));
  afterEach(() => remove(data));

  test.each([
    ["wide columns in its write-ahead log", "wide-log", WIDE_COLUMNS],
    ["wide columns in a table", "wide-table", WIDE_COLUMNS],
    ["wide columns in a table, and overwritten keys", "wide-overwritten", WIDE_COLUMNS],
    ["a transaction that was committed in two phases", "committed", TRANSACTIONS],
    ["a transaction that was prepared", "prepared", TRANSACTIONS],
    ["a transaction that was rolled back", "rolled-back", TRANSACTIONS],
    ["a transaction that was written when it was prepared", "write-prepared", TRANSACTIONS],
  ])("%s", async (_, mode, what) => {
    data = makeDataDirectory({});
    makeBlobs(data, [1001n]);
    const { signal, stderr: why } = spawnSync(`${tools}/odd-writer`, [mode, `${data}/db`]);
    expect(`${signal} ${why.toString()}`).toBe("SIGKILL ");
    const { code, stderr } = await refusal(data);
    expect(code).toBe("DatabaseUnsupported");
    expect(stderr).toContain(`cannot upgrade ${data}/db: ${what} (in `);
    expect(stderr).not.toContain("Check the disk");
  });
});
