import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { formatDuration, parseDuration } from "./duration.ts";

describe("a duration", () => {
  for (const [text, ms] of [
    ["0", 0],
    ["0s", 0],
    ["500ms", 500],
    ["1.5s", 1500],
    ["90s", 90_000],
    ["5m", 300_000],
    ["1h30m", 5_400_000],
    ["1h1m1s1ms", 3_661_001],
    ["0.5h", 1_800_000],
    ["596h", 2_145_600_000],
  ] as const) {
    test(`${text} is ${ms} ms`, () => expect(parseDuration(text)).toEqual({ ok: true, value: ms }));
  }

  for (const text of [
    "",
    "5",
    "1.5",
    "s",
    "-1s",
    "+1s",
    "1 s",
    "1S",
    "5d",
    "1h30",
    "1e3s",
    "597h",
    "Infinity",
    "1.s",
    ".5s",
    "٣s",
    "0.4ms",
    "0.0001s",
  ]) {
    test(`${JSON.stringify(text)} is none`, () => expect(parseDuration(text).ok).toBe(false));
  }

  for (const [ms, text] of [
    [0, "0ms"],
    [34.6, "35ms"],
    [999.4, "999ms"],
    [1000, "1s"],
    [1240, "1.2s"],
    [59_949, "59.9s"],
    [59_960, "1m"],
    [60_000, "1m"],
    [61_000, "1m1s"],
    [3_600_000, "1h"],
    [3_720_000, "1h2m"],
    [360_061_000, "100h1m1s"],
  ] as const) {
    test(`${ms} ms is told as ${text}`, () => expect(formatDuration(ms)).toBe(text));
  }

  test("what is told can be read again, and is near", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2 ** 31 - 60_000, noNaN: true }), (ms) => {
        const read = parseDuration(formatDuration(ms));
        const error = Math.abs((read.ok ? read.value : Number.NaN) - ms);
        expect(error).toBeLessThanOrEqual(Math.max(0.5, ms < 59_950 ? 50 : 500));
      }),
      { numRuns: 2000 },
    );
  });
});
