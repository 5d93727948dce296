import { describe, expect, test } from "bun:test";
import { isUtf8 } from "node:buffer";
import * as fc from "fast-check";
import { cutUtf8, decodeTail, plainLine, shortenUtf8 } from "./utf8.ts";

const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc
    .array(fc.constantFrom("a", "ä", "日", "😀", "\ufeff", "\0"), { maxLength: 60 })
    .map((letters) => letters.join("")),
);

describe("a text cut to so many bytes", () => {
  test("is its longest prefix of whole characters that fits", () => {
    fc.assert(
      fc.property(texts, fc.nat(80), (text, limit) => {
        const cut = cutUtf8(text, limit);
        expect(text.startsWith(cut)).toBe(true);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(limit);
        const next = text.slice(cut.length).match(/^./su)?.[0];
        if (next !== undefined) expect(Buffer.byteLength(cut + next)).toBeGreaterThan(limit);
      }),
      { numRuns: 2000 },
    );
  });

  test("is marked where it was cut, within the same bytes", () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 3, max: 80 }), (text, limit) => {
        const short = shortenUtf8(text, limit);
        expect(Buffer.byteLength(short)).toBeLessThanOrEqual(limit);
        if (short !== text) expect(short).toBe(`${cutUtf8(text, limit - 3)}…`);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("the end of a stream as text", () => {
  test("leaves out a character that was cut off at the beginning, and nothing else", () => {
    fc.assert(
      fc.property(texts, fc.nat(80), (text, length) => {
        const bytes = Buffer.from(text);
        const tail = decodeTail(bytes.subarray(Math.max(0, bytes.length - length)));
        expect(text.endsWith(tail)).toBe(true);
        expect(Buffer.byteLength(tail)).toBeGreaterThan(Math.min(length, bytes.length) - 4);
      }),
      { numRuns: 2000 },
    );
  });

  test("is a text whatever the bytes are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(isUtf8(Buffer.from(decodeTail(bytes)))).toBe(true);
      }),
    );
  });
});

describe("one line for a person", () => {
  for (const [text, line] of [
    ["\u001b[1;31mred\u001b[0m", "red"],
    ["\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\", "link"],
    ["a\tb\r\n  c ", "a b c"],
    ["50%\u0007", "50%"],
  ] as const) {
    test(JSON.stringify(text), () => expect(plainLine(text)).toBe(line));
  }

  test("holds no control character, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(plainLine(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      }),
      { numRuns: 1000 },
    );
  });
});
