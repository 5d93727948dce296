import { expect, test } from "bun:test";
import { isInRange, isRange, parseVersion } from "./semver.ts";

test("a version with a v, a release candidate, or none", () => {
  expect(["v1.4.0", "2.0.0-rc1", "latest", "1.4", "", "1.2.3.4"].map(parseVersion)).toEqual([
    "1.4.0",
    "2.0.0-rc1",
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("a release candidate counts by its place in the order", () => {
  expect(isInRange("1.4.0", ">=1.4.0 <2")).toBe(true);
  expect(isInRange("1.5.0-rc1", ">=1.4.0 <2")).toBe(true);
  expect(isInRange("1.4.0-rc1", ">=1.4.0 <2")).toBe(false);
  expect(isInRange("2.0.0", ">=1.4.0 <2")).toBe(false);
});

test("what is a range", () => {
  expect([">=1.4.0 <2", "2.x", "*", "newest", "1.4.0 || >3"].map(isRange)).toEqual([
    true,
    true,
    true,
    false,
    true,
  ]);
});
