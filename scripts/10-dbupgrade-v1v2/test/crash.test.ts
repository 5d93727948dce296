/** Crashes and faults: a few of each kind here, all of them with CRASH=all, which is `make crash`. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  type Call,
  CALLS,
  type Truth,
  checkAndFinish,
  copyOf,
  countCalls,
  crashAfter,
  crashAt,
  inject,
} from "./crash.ts";
import {
  expectedScan,
  ldb,
  makeDataDirectory,
  missing,
  remove,
  snapshot,
  somePairs,
  upgrade,
} from "./database.ts";

const all = process.env["CRASH"] === "all";
const RANDOM_KILLS = all ? 200 : 2;
const EACH = 3_600_000;

const FAULTS = [
  ["write", "ENOSPC"],
  ["fallocate", "ENOSPC"],
  ["openat", "ENOSPC"],
  ["mkdir", "ENOSPC"],
  ["unlink", "EIO"],
  ["unlinkat", "EIO"],
  ["openat", "EIO"],
  ["link", "ENOSPC"],
  ["rename", "ENOSPC"],
  ["write", "EIO"],
  ["fsync", "EIO"],
  ["fdatasync", "EIO"],
  ["rename", "EIO"],
  ["renameat2", "EIO"],
] as const;

/**
 * How a failure is told. Calls are counted in each thread by itself, so the one that tells may fail
 * too; RocksDB's assertion is about its log, which lies in memory and fails only here; and what
 * cannot be opened may be the program, of which its runtime or the loader complains.
 */
const TOLD = new Map<Call, RegExp>([
  ["write", /^cannot |at failOf |sync_without_flush_called_/],
  ["openat", /\w/],
]);

/** Calls that the few tries of an ordinary test run are spent on. */
const FEW = new Set<Call>(["renameat2", "rename", "link", "fsync", "write"]);

describe.skipIf(missing !== "")("an upgrade", () => {
  const pairs = somePairs(20, 300);
  const truth: Truth = { v1: expectedScan(pairs, "v1"), v2: expectedScan(pairs, "v2") };
  let master = "";
  let counts = new Map<Call, number>();
  beforeAll(() => {
    master = makeDataDirectory({ db: pairs });
    ldb(["compact", `--db=${master}/db`]);
    counts = countCalls(master);
  });
  afterAll(() => remove(master));

  /** Which of a call's occurrences are tried. */
  function occurrences(call: Call): number[] {
    const count = counts.get(call) ?? 0;
    const every = Array.from({ length: count }, (_, index) => index + 1);
    if (all) return every;
    return FEW.has(call) ? every.slice(-1) : [];
  }

  test("makes all the calls that it is killed at", () => {
    expect(CALLS.filter((call) => !counts.has(call))).toEqual([]);
  });

  test.each([...CALLS])(
    "killed at %s",
    (call) => {
      const tried = occurrences(call);
      const killed = tried.filter((n) => crashAt(master, truth, call, n));
      if (all) say(`killed at ${killed.length} of ${tried.length} calls of ${call}`);
      expect(killed.length).toBeGreaterThanOrEqual(Math.floor(tried.length / 2));
    },
    EACH,
  );

  test.each(["rename", "fsync"] as const)(
    "killed at %s where the file system cannot exchange",
    (call) => {
      const noExchange = [
        "-e",
        "trace=renameat2,rename,fsync",
        "-e",
        "inject=renameat2:error=EINVAL",
      ];
      const last = (counts.get(call) ?? 0) + 1;
      const tried = Array.from({ length: all ? last : 2 }, (_, index) => last - index);
      const killed = tried.filter((n) => crashAt(master, truth, call, n, noExchange));
      if (all)
        say(`killed at ${killed.length} of ${tried.length} calls of ${call} without exchange`);
      expect(killed.length).toBeGreaterThan(0);
    },
    EACH,
  );

  test(
    `killed at ${RANDOM_KILLS} random moments`,
    async () => {
      const data = copyOf(master);
      const started = performance.now();
      upgrade(data);
      const wholeMs = performance.now() - started;
      remove(data);
      for (let i = 0; i < RANDOM_KILLS; i++)
        await crashAfter(master, truth, Math.random() * wholeMs);
    },
    EACH,
  );

  test.each(FAULTS)(
    "whose %s fails with %s tells it or goes on, and loses nothing",
    (call, error) => {
      let told = 0;
      const tried = occurrences(call);
      for (const n of tried) {
        const data = copyOf(master);
        const v1 = withoutLock(snapshot(`${data}/db`));
        const run = upgrade(data, { NODE_VERSION: "1.4.0" }, inject(call, `error=${error}`, n));
        // the line itself may be the write that failed
        if (run.status === 0 && call !== "write")
          expect(run.stdout).toContain("successfully upgraded database");
        if (run.status !== 0) expect(run.stderr).toMatch(TOLD.get(call) ?? /^cannot /);
        if (run.stderr.includes("The v1 database is in place and unchanged"))
          expect(withoutLock(snapshot(`${data}/db`))).toEqual(v1);
        checkAndFinish(
          data,
          truth,
          `${call} ${n} failed with ${error}: ${run.status} ${run.stderr}`,
        );
        told += run.status === 0 ? 0 : 1;
      }
      if (all)
        say(
          `${error} at each of ${tried.length} calls of ${call}: ${told} times told, else harmless`,
        );
    },
    EACH,
  );
});

function withoutLock(lines: string[]): string[] {
  return lines.filter((line) => !line.startsWith("LOCK "));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
