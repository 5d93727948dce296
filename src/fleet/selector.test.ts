import { expect, test } from "bun:test";
import { parseSelector } from "./selector.ts";

const LABELS = new Map([
  ["app", "storageos"],
  ["kind", "daemonset"],
  ["example.com/zone", "a"],
  ["empty", ""],
]);

test.each([
  ["", true],
  ["app=storageos,kind=daemonset", true],
  ["app == storageos", true],
  ["app=other", false],
  ["app!=other", true],
  ["missing!=other", true],
  ["missing=", false],
  ["empty=", true],
  ["example.com/zone in (b, a),app", true],
  ["example.com/zone notin (b,a)", false],
  ["missing notin (b)", true],
  ["missing in (b)", false],
  ["!missing", true],
  ["!app", false],
  ["missing", false],
])("the labels are selected by %p: %p", (text, expected) => {
  const selector = parseSelector(text);
  expect(selector.ok && selector.value(LABELS)).toBe(expected);
});

test.each([
  ["app=a b", "app=a b"],
  ["app=a,,b=c", ""],
  ["in (a)", "in (a)"],
  ["a in b", "a in b"],
  ["a=(b)", "a=(b)"],
])("%p is not a selector", (text, wrong) => {
  const selector = parseSelector(text);
  expect(selector.ok ? "" : selector.error).toBe(wrong);
  expect(selector.ok).toBe(false);
});
