import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { formatEntry, parseEntry, type Entry } from "./record-entry.ts";

/** What init writes in a field that programs compare or a person reads. */
const word = fc
  .string({ unit: "grapheme", maxLength: 80 })
  .map((text) => text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ""));
/** A path may hold anything but NUL. */
const path = fc
  .string({ unit: "binary", minLength: 1, maxLength: 200 })
  .map((text) => text.replaceAll("\0", "x"));
const image = fc.option(word, { nil: null });
const v = fc.constant(1 as const);
const type = <const Name extends string>(name: Name): fc.Arbitrary<Name> => fc.constant(name);

const about = { directory: path, nodeImage: image, kernel: word, bootId: word, at: word };
const script = { ...about, script: path, digest: word };
const outcome = fc.constantFrom(
  ...(["passed", "warned", "failed", "timed-out", "skipped", "cancelled", "interrupted"] as const),
);

const entries: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({ v, type: type("run"), run: word, scripts: fc.array(path), ...about }),
  fc.record({ v, type: type("start"), ...script }),
  fc.record({ v, type: type("end"), outcome, startedAt: word, attempts: fc.nat(), ...script }),
  fc.record({ v, type: type("prepared"), nodeImage: image, at: word }),
  fc.record({ v, type: type("not-prepared"), status: fc.nat(255), at: word }),
);

describe("an entry of the record", () => {
  test("is read as it was written, from one line", () => {
    fc.assert(
      fc.property(entries, (entry) => {
        const line = formatEntry(entry);
        expect(line.indexOf("\n")).toBe(line.length - 1);
        expect(parseEntry(line)).toEqual(entry);
      }),
    );
  });

  test("is not read from a line that a power cut left torn", () => {
    fc.assert(
      fc.property(entries, fc.double({ min: 0, max: 1, noNaN: true }), (entry, share) => {
        const line = formatEntry(entry).trimEnd();
        expect(parseEntry(line.slice(0, Math.floor(share * (line.length - 1))))).toBeUndefined();
      }),
    );
  });

  const start = {
    v: 1,
    type: "start",
    directory: "/scripts",
    script: "01-lio/enable-lio.ts",
    digest: "sha256:00",
    nodeImage: null,
    kernel: "6.1.0",
    bootId: "b",
    at: "2026-11-25T00:00:00Z",
  };
  test.each<readonly [string, unknown]>([
    ["of a later version", { ...start, v: 2 }],
    ["of a kind that does not exist", { ...start, type: "stop" }],
    ["with a field missing", { ...start, digest: undefined }],
    ["with a field of another type", { ...start, kernel: 6 }],
    ["with a word longer than any that init writes", { ...start, kernel: "6".repeat(513) }],
    ["with what acts on a terminal", { ...start, nodeImage: "a\u001b[2J" }],
    ["with a path longer than any", { ...start, script: "x".repeat(4097) }],
    ["with NUL in a path", { ...start, script: "a\0b" }],
    ["that is a list", [start]],
  ])("is not one %s", (_, value) => {
    expect(parseEntry(JSON.stringify(start))).toEqual(start as unknown as Entry);
    expect(parseEntry(JSON.stringify(value))).toBeUndefined();
  });
});
