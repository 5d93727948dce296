import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { formatEntry, parseEntry, type EndEntry, type Entry, type StartEntry } from "./entry.ts";
import { compactHistory, readHistory } from "./history.ts";

const start: StartEntry = {
  v: 1,
  type: "start",
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

const texts = fc.string({ unit: "grapheme", maxLength: 20 });
const starts: fc.Arbitrary<StartEntry> = fc.record({
  v: fc.constant(1),
  type: fc.constant("start"),
  script: fc.constantFrom("a", "b/c", "with\nnewline", "__proto__"),
  digest: texts,
  nodeImage: fc.option(texts),
  kernel: texts,
  bootId: texts,
  at: texts,
});
const ends: fc.Arbitrary<EndEntry> = fc
  .tuple(starts, fc.constantFrom("passed", "failed", "interrupted"), fc.nat(9))
  .map(([begun, outcome, attempts]) => ({
    ...begun,
    type: "end",
    outcome,
    startedAt: begun.at,
    attempts,
  }));
const entries: fc.Arbitrary<Entry> = fc.oneof(
  starts,
  ends,
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
  ])("is none in %j", (line) => {
    expect(parseEntry(line)).toBeUndefined();
  });
});

describe("a history", () => {
  test("tells the last end of each script", () => {
    const failed: EndEntry = { ...end, outcome: "failed" };
    const history = readHistory([start, failed, start, end].map(formatEntry).join(""));
    expect(history.lastEnds.get(start.script)?.outcome).toBe("passed");
    expect(history.unfinished).toEqual([]);
  });

  test("tells which script was running when the run was cut off", () => {
    const history = readHistory(
      [start, end, { ...start, script: "10-db" }].map(formatEntry).join(""),
    );
    expect(history.unfinished.map(({ script }) => script)).toEqual(["10-db"]);
  });

  test("keeps lines it does not understand, and reads the ones around them", () => {
    const newer = '{"v":2,"type":"end","script":"x"}';
    const text = `${formatEntry(start)}\u0000garbage\n${newer}\n${formatEntry(end)}{"v":1,"type":"st`;
    const history = readHistory(text);
    expect(history.lastEnds.size).toBe(1);
    expect(history.foreign).toEqual(["\u0000garbage", newer, '{"v":1,"type":"st']);
    expect(compactHistory(history)).toStartWith(`\u0000garbage\n${newer}\n`);
  });

  test("says the same after it is compacted, and is no longer", () => {
    fc.assert(
      fc.property(fc.array(entries, { maxLength: 40 }), (list) => {
        const text = list.map(formatEntry).join("");
        const compacted = compactHistory(readHistory(text));
        expect(readHistory(compacted)).toEqual(readHistory(text));
        expect(compacted.length).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});
