import { expect, test } from "bun:test";
import { count, joinSentences, showName } from "./show.ts";

test("a name is shown as it is, unless a line would break on it", () => {
  expect(showName("10 two-words 'ä'")).toBe("10 two-words 'ä'");
  expect(showName("a\nb")).toBe('"a\\nb"');
  expect(showName("a\u001b[2Jb")).toBe('"a\\u001b[2Jb"');
});

test("sentences stand side by side, each with its end", () => {
  expect(joinSentences("it broke", "Mend it")).toBe("it broke. Mend it");
  expect(joinSentences("it broke!", " Mend it. ", "")).toBe("it broke! Mend it.");
  expect(joinSentences("", "")).toBe("");
});

test("one and many", () => {
  expect([0, 1, 2].map((amount) => count(amount, "script"))).toEqual([
    "0 scripts",
    "1 script",
    "2 scripts",
  ]);
});
