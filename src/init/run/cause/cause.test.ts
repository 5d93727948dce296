import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { CASES } from "./cases.ts";
import { causeOf, lastActivity } from "./cause.ts";
import type { Chunk, Printed } from "./printed.ts";

function chunkOf(line: string): Chunk {
  const isError = line.startsWith("!");
  return { stream: isError ? "stderr" : "stdout", text: `${isError ? line.slice(1) : line}\n` };
}

/** As two pipes may give the same output in one read: as printed, or either stream first. */
function readings(lines: readonly string[]): readonly Printed[] {
  const chunks = lines.map(chunkOf);
  const [first, last] = ["stdout", "stderr"].map((stream) =>
    chunks.toSorted((a, b) => Number(b.stream === stream) - Number(a.stream === stream)),
  );
  return [chunks, first ?? [], last ?? []].map((read) => ({ kept: [], reads: [read] }));
}

describe("the cause of", () => {
  test.each(CASES)("$kind", ({ lines, cause, fix, not }) => {
    for (const printed of readings(lines)) {
      const found = causeOf(printed);
      if (cause === "") expect(found.is).not.toBe("error");
      expect(found.cause).toContain(cause);
      if (fix !== undefined) expect(found.fix).toContain(fix);
      if (not !== undefined) expect(found.cause).not.toContain(not);
    }
  });
});

test("an error's name inside another word brings no advice", () => {
  const reads: Chunk[][] = [[chunkOf("!ModuleNotFoundError: No module named 'yaml'")]];
  expect(causeOf({ kept: [], reads }).fix).toBe("");
});

test("nothing printed is no cause", () => {
  expect(causeOf({ kept: [], reads: [] })).toEqual({ cause: "", is: "nothing", fix: "" });
});

const texts = fc.array(
  fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.constantFrom(...CASES.flatMap(({ lines }) => lines.map((line) => `${line}\n`))),
  ),
  { maxLength: 60 },
);
const outputs = fc
  .array(
    texts.map((some) => some.map((text): Chunk => ({ ...chunkOf(text), text }))),
    { maxLength: 5 },
  )
  .map((reads): Printed => ({ kept: [], reads }));

test("whatever is printed gives one line that no terminal obeys, whichever pipe is read first", () => {
  fc.assert(
    fc.property(outputs, (printed) => {
      const found = causeOf(printed);
      for (const text of [found.cause, found.fix, lastActivity(printed)]) {
        expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1024);
      }
      const turned = printed.reads.map((read) =>
        read.toSorted((a, b) => Number(a.stream === "stderr") - Number(b.stream === "stderr")),
      );
      expect(causeOf({ ...printed, reads: turned })).toEqual(found);
    }),
    { numRuns: process.env["NIGHTLY"] === undefined ? 300 : 30_000 },
  );
});

/** Lines that make patterns with a repetition in a repetition try every division of the text. */
const PIECES = ["a", " ", ":", "error: ", "- ", "=", "(", '"', "\\", "x=", "[", "0:"];

// No time is measured: a pattern that backtracks takes minutes for this, and the test runs into its deadline.
test.each(PIECES)("a line of %j alone ends", (piece) => {
  const longest = piece.repeat(1_000_000 / piece.length);
  const found = causeOf({ kept: [], reads: [[{ stream: "stderr", text: longest }]] });
  expect(Buffer.byteLength(found.cause)).toBeLessThanOrEqual(600);
});
