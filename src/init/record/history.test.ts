import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import {
  formatEntry,
  parseEntry,
  type EndEntry,
  type Entry,
  type NotPreparedEntry,
  type PreparedEntry,
  type RunEntry,
  type StartEntry,
} from "../../lib/contract/record-entry.ts";
import { compactHistory, keyOf, previousRun, readHistory } from "./history.ts";

const start: StartEntry = {
  v: 1,
  type: "start",
  directory: "/scripts",
  script: "01-lio/enable-lio.ts",
  digest: "sha256:00",
  nodeImage: "storageos/node:1.4.0",
  kernel: "6.1.0-32-amd64",
  bootId: "7e3b05a4",
  at: "2026-11-22T12:40:05.333Z",
};
const end: EndEntry = {
  ...start,
  type: "end",
  outcome: "passed",
  startedAt: start.at,
  attempts: 1,
};
const run: RunEntry = {
  v: 1,
  type: "run",
  run: "4f6c3f6e",
  directory: "/scripts",
  scripts: [start.script, "10-db"],
  nodeImage: start.nodeImage,
  kernel: start.kernel,
  bootId: start.bootId,
  at: start.at,
};
const prepared: PreparedEntry = {
  v: 1,
  type: "prepared",
  nodeImage: start.nodeImage,
  at: start.at,
};
const failed: NotPreparedEntry = { v: 1, type: "not-prepared", status: 1, at: start.at };
const key = keyOf(start.directory, start.script);

function historyOf(...list: readonly Entry[]): ReturnType<typeof readHistory> {
  return readHistory(list.map(formatEntry).join(""));
}

/** Without control characters, which init never writes and does not read. */
const texts = fc
  .string({ unit: "grapheme", maxLength: 20 })
  .map((text) => text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ""));
const directories = fc.constantFrom("/scripts", "/scripts/90-own");
const scripts = fc.constantFrom("a", "b/c", "with\nnewline", "__proto__");
const runs: fc.Arbitrary<RunEntry> = fc.record({
  v: fc.constant(1),
  type: fc.constant("run"),
  run: texts,
  directory: directories,
  scripts: fc.array(scripts, { maxLength: 4 }),
  nodeImage: fc.option(texts),
  kernel: texts,
  bootId: texts,
  at: texts,
});
const starts: fc.Arbitrary<StartEntry> = fc.record({
  v: fc.constant(1),
  type: fc.constant("start"),
  directory: directories,
  script: scripts,
  digest: texts,
  nodeImage: fc.option(texts),
  kernel: texts,
  bootId: texts,
  at: texts,
});
const ends: fc.Arbitrary<EndEntry> = fc
  .tuple(
    starts,
    fc.constantFrom("passed", "failed", "interrupted", "undone"),
    fc.nat(9),
    fc.option(texts, { nil: undefined }),
  )
  .map(([begun, outcome, attempts, applied]) => ({
    ...begun,
    type: "end",
    outcome,
    startedAt: begun.at,
    attempts,
    ...(applied === undefined ? {} : { applied }),
  }));
const entries: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({ v: fc.constant(1), type: fc.constant("undone"), at: texts }),
  runs,
  starts,
  ends,
  fc.record({
    v: fc.constant(1),
    type: fc.constant("not-prepared"),
    status: fc.nat(255),
    at: texts,
  }),
  fc.record({
    v: fc.constant(1),
    type: fc.constant("prepared"),
    nodeImage: fc.option(texts),
    at: texts,
  }),
);

describe("an entry", () => {
  test("is read as it was written", () => {
    fc.assert(
      fc.property(entries, (entry) =>
        expect(parseEntry(formatEntry(entry).trimEnd())).toEqual(entry),
      ),
    );
  });

  test("that is torn is none, wherever it was cut", () => {
    const line = formatEntry(end).trimEnd();
    for (let length = 0; length < line.length; length++)
      expect(parseEntry(line.slice(0, length))).toBeUndefined();
  });

  test.each([
    "",
    "null",
    "[]",
    "7",
    '{"v":2,"type":"end"}',
    '{"v":1}',
    '{"v":1,"type":"start"}',
    "\u0000\u0000",
    JSON.stringify({ ...start, script: undefined }),
    JSON.stringify({ ...start, script: "a\0b" }),
    JSON.stringify({ ...start, nodeImage: "x\u001b[2J" }),
    JSON.stringify({ ...start, at: "x\ny" }),
    JSON.stringify({ ...start, kernel: "k".repeat(1000) }),
    JSON.stringify({ ...end, attempts: "1" }),
    JSON.stringify({ ...run, scripts: "10-a" }),
    JSON.stringify({ ...run, scripts: [7] }),
    JSON.stringify({ ...prepared, nodeImage: 7 }),
    JSON.stringify({ ...failed, status: null }),
  ])("is none in %j", (line) => {
    expect(parseEntry(line)).toBeUndefined();
  });
});

describe("a history", () => {
  test("holds the last end of each script", () => {
    const history = historyOf(start, { ...end, outcome: "failed" }, start, end);
    expect(history.lastEnds.get(key)?.outcome).toBe("passed");
    expect(history.unfinished).toEqual([]);
  });

  test("holds which script was running when the run was interrupted, whatever it did before", () => {
    const history = historyOf(start, end, start);
    expect(history.unfinished.map(({ script }) => script)).toEqual([start.script]);
    expect(history.lastEnds.size).toBe(0);
    expect(previousRun(history)).toBe("interrupted");
  });

  test("believes no earlier pass of a script that an interrupted run was to run", () => {
    const interrupted = historyOf(run, start, end, prepared, run);
    expect(interrupted.lastEnds.size).toBe(0);
    expect(interrupted.interrupted?.scripts).toEqual(run.scripts);
    expect(previousRun(interrupted)).toBe("interrupted");
    const midway = historyOf(run, start, end, prepared, run, start, end);
    expect(midway.lastEnds.get(key)?.outcome).toBe("passed");
    expect(midway.interrupted?.scripts).toEqual(["10-db"]);
  });

  test("believes it again when that run has ended and did not come that far", () => {
    const history = historyOf(run, start, end, prepared, run, failed);
    expect(history.lastEnds.get(key)?.outcome).toBe("passed");
    expect(history.interrupted).toBeUndefined();
    expect(previousRun(history)).toBe("failed");
    expect(previousRun(historyOf(run, failed, run, prepared))).toBe("passed");
    expect(previousRun(historyOf())).toBeUndefined();
  });

  test("knows scripts of the same name in other directories apart", () => {
    const other = { ...end, directory: "/other", outcome: "failed" } as const;
    const { lastEnds } = historyOf(end, other);
    expect(lastEnds.get(key)?.outcome).toBe("passed");
    expect(lastEnds.get(keyOf("/other", start.script))?.outcome).toBe("failed");
  });

  test("keeps lines it does not understand, and reads the ones around them", () => {
    const newer = '{"v":2,"type":"end","script":"x"}';
    const text = `${formatEntry(start)}\u0000garbage\n${newer}\n${formatEntry(end)}{"v":1,"type":"st`;
    const history = readHistory(text);
    expect(history.lastEnds.size).toBe(1);
    expect(history.foreign).toEqual(["\u0000garbage", newer, '{"v":1,"type":"st']);
    expect(compactHistory(history)).toStartWith(`\u0000garbage\n${newer}\n`);
  });

  test("is the same after it is compacted, and is no longer", () => {
    fc.assert(
      fc.property(fc.array(entries, { maxLength: 40 }), (list) => {
        const text = list.map(formatEntry).join("");
        const compacted = compactHistory(readHistory(text));
        expect(readHistory(compacted)).toEqual(readHistory(text));
        expect(compacted.length).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  test("what passed stays to be undone, until its last end says otherwise", () => {
    fc.assert(
      fc.property(fc.array(entries, { maxLength: 40 }), (list) => {
        const wanted = new Map<string, string>();
        for (const entry of list) {
          if (entry.type !== "end") continue;
          const name = keyOf(entry.directory, entry.script);
          if (entry.applied === undefined) wanted.delete(name);
          else wanted.set(name, entry.applied);
        }
        const { applied } = readHistory(list.map(formatEntry).join(""));
        expect(Object.fromEntries(applied)).toEqual(Object.fromEntries(wanted));
      }),
    );
  });

  test("never shows a pass where the last that a script did is something else", () => {
    fc.assert(
      fc.property(fc.array(entries, { maxLength: 40 }), (list) => {
        for (const [name, { outcome }] of readHistory(list.map(formatEntry).join("")).lastEnds) {
          const last = list.findLast(
            (entry) =>
              (entry.type === "start" || entry.type === "end") &&
              keyOf(entry.directory, entry.script) === name,
          );
          expect(last).toMatchObject({ type: "end", outcome });
        }
      }),
    );
  });
});
