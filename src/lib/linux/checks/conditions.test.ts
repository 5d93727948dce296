import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { compare, readBytes, readCondition, versionOf } from "./conditions.ts";

test.each([
  ["vm.max_map_count>=262144", { name: "vm.max_map_count", operator: ">=", value: "262144" }],
  ["a = 1", { name: "a", operator: "=", value: "1" }],
  ["a!=b", { name: "a", operator: "!=", value: "b" }],
  ["a", undefined],
  [">=1", undefined],
  ["a>=", undefined],
  ["a>=<1", undefined],
] as const)("%s", (text, expected) => {
  expect(readCondition(text)).toEqual(expected);
});

test.each([
  ["5.15.0-91-generic", ">=", "5.4", true],
  ["4.18.0-372.el8.x86_64", ">=", "5.4", false],
  ["5.4.0", "=", "5.4", true],
  ["5.4.1", ">", "5.4", false],
  ["5.4.1", ">", "5.4.0", true],
  ["65530", ">=", "262144", false],
  ["-1", "<", "0", true],
  ["4096 131072 6291456", ">=", "1", false],
  ["4096 131072 6291456", "=", "4096 131072 6291456", true],
  ["cubic", "=", "bbr", false],
  ["cubic", "!=", "bbr", true],
  ["cubic", ">=", "1", false],
] as const)("%s %s %s is %s", (value, operator, wanted, expected) => {
  expect(compare(value, operator, wanted)).toBe(expected);
});

test("numbers compare as numbers do", () => {
  const whole = fc.integer({ min: -(2 ** 40), max: 2 ** 40 });
  fc.assert(
    fc.property(whole, whole, (a, b) => {
      expect(compare(String(a), ">=", String(b))).toBe(a >= b);
      expect(compare(String(a), "<", String(b))).toBe(a < b);
      expect(compare(String(a), "!=", String(b))).toBe(a !== b);
    }),
  );
});

test.each([
  ["2GiB", 2 ** 31],
  ["2Gi", 2 ** 31],
  ["500M", 5e8],
  ["1.5kB", 1500],
  ["1073741824", 2 ** 30],
  ["much", undefined],
  ["-1", undefined],
  ["1XB", undefined],
])("%s", (text, bytes) => {
  expect(readBytes(text)).toBe(bytes);
});

test("no text makes any of them throw", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      readCondition(text);
      readBytes(text);
      versionOf(text);
    }),
  );
});
