import { expect, test } from "bun:test";
import { codeFor, langOf } from "./templates.ts";

test.each([
  ["20-map-count", "MapCountFailed"],
  ["disks", "DisksFailed"],
  ["10_ntp.v2", "NtpV2Failed"],
  ["10", "PreparationFailed"],
  ["3ware", "WareFailed"],
  ["x".repeat(100), `X${"x".repeat(56)}Failed`],
])("the code of %s", (stem, code) => expect(codeFor(stem)).toBe(code));

test("the language of a name", () => {
  expect(["a.py", "a.ts", "a.bash", "a.sh", "a", "a.constructor"].map(langOf)).toEqual([
    "python",
    "typescript",
    "bash",
    "sh",
    undefined,
    undefined,
  ]);
});
