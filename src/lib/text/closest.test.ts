import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { didYouMean } from "./closest.ts";

const KNOWN = ["timeout", "retries", "kind", "once"];

for (const [word, suggestion] of [
  ["timout", "timeout"],
  ["timeuot", "timeout"],
  ["Timeout", "timeout"],
  ["kidn", "kind"],
  ["retry", undefined],
  ["colour", undefined],
  ["", undefined],
  ["x", undefined],
] as const) {
  test(`${word} ${suggestion === undefined ? "is like none" : `is like ${suggestion}`}`, () => {
    expect(didYouMean(word, KNOWN)).toBe(
      suggestion === undefined ? "" : ` (did you mean ${suggestion}?)`,
    );
  });
}

test("a word with one letter changed, lost, added or swapped finds its way back", () => {
  const words = fc.constantFrom("timeout", "retry-delay", "on-failure", "node-image");
  const letters = fc.constantFrom("q", "x", "z");
  fc.assert(
    fc.property(words, fc.nat(6), letters, fc.nat(3), (word, place, letter, how) => {
      const [before, at, after] = [word.slice(0, place), word[place] ?? "", word.slice(place + 1)];
      const wrong = [
        `${before}${letter}${after}`,
        `${before}${after}`,
        `${before}${letter}${at}${after}`,
        `${before}${after.slice(0, 1)}${at}${after.slice(1)}`,
      ][how];
      expect(didYouMean(wrong ?? "", ["timeout", "retry-delay", "on-failure", "node-image"])).toBe(
        ` (did you mean ${word}?)`,
      );
    }),
  );
});
