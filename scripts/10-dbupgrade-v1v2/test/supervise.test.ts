import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { supervise } from "../lib/supervise.ts";
import { inject } from "./crash.ts";
import {
  expectedScan,
  makeDataDirectory,
  missing,
  remove,
  scan,
  snapshot,
  somePairs,
  upgrade,
} from "./database.ts";

// A limit for what hangs, not a claim about speed.
setDefaultTimeout(120_000);

describe.skipIf(missing !== "")("an upgrade whose process aborts", () => {
  const pairs = somePairs(3, 20);
  let data = "";
  afterEach(() => remove(data));

  test.each([
    ["fallocate", "db is unchanged, db-new is unfinished"],
    ["renameat2", "db is v2 and its v1 is db-new"],
  ] as const)("in %s reports that, and what is left", (call, left) => {
    data = makeDataDirectory({ db: pairs });
    const before = snapshot(join(data, "db")).filter((line) => !line.startsWith("LOCK "));
    const run = upgrade(data, { NODE_VERSION: "1.4.0" }, inject(call, "signal=ABRT", 1));
    expect(run).toMatchObject({ status: 1 });
    expect(run.stderr).toContain(
      `cannot upgrade the databases in ${data}: the process that does it was ended by SIGABRT. What is left there: ${left}. No data is lost.`,
    );
    if (call === "fallocate")
      expect(snapshot(join(data, "db")).filter((line) => !line.startsWith("LOCK "))).toEqual(
        before,
      );
    expect(upgrade(data)).toMatchObject({ status: 0, stderr: "" });
    expect(scan(join(data, "db"))).toBe(expectedScan(pairs, "v2"));
    expect(scan(join(data, "db-old"))).toBe(expectedScan(pairs, "v1"));
  });
});

test("a process that does nothing is killed", async () => {
  expect(await supervise(["sleep", "1000"], 2000)).toEqual({ how: "silent" });
});

test("a process that works is waited for", async () => {
  const busy = "const end = Date.now() + 12_000; while (Date.now() < end) ;";
  const command = [process.execPath, "-e", busy];
  expect(await supervise(command, 10_000)).toEqual({ how: "exited", status: 0 });
});
