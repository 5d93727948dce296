import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { judgeKernel } from "./kernel.ts";

const needs = (major: number, minor: number) =>
  ({ atLeast: [major, minor], volumesOfOlder: 256 }) as const;

test.each([
  ["3.10.0-1160.el7.x86_64", "warning"],
  ["4.0.0", "met"],
  ["4.18.0-553.el8", "met"],
  ["10.0", "met"],
  ["unknown", "warning"],
])("%s against 4.0: %s", (release, verdict) => {
  expect(judgeKernel(release, needs(4, 0)).verdict).toBe(verdict as "met");
});

test("versions are compared as numbers", () => {
  const part = fc.nat(40);
  fc.assert(
    fc.property(part, part, part, part, (a, b, c, d) => {
      const expected = a * 100 + b >= c * 100 + d ? "met" : "warning";
      expect(judgeKernel(`${a}.${b}.7-generic`, needs(c, d)).verdict).toBe(expected);
    }),
  );
});
