import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { ok } from "../../../src/lib/result.ts";
import { readBytes, readList, readSwitch, readString, readWholeNumber } from "./settings.ts";

test("unset, empty and blank are the fallback", () => {
  for (const env of [{}, { A: "" }, { A: "  " }]) {
    expect(readString(env, "A", "f")).toBe("f");
    expect(readWholeNumber(env, "A", 7)).toEqual(ok(7));
    expect(readBytes(env, "A", "2Gi")).toEqual(ok(2 * 2 ** 30));
    expect(readList(env, "A", "x,y")).toEqual(["x", "y"]);
    expect(readSwitch(env, "A")).toBe(false);
  }
});

describe("whole numbers", () => {
  test("are read as they are written", () => {
    fc.assert(
      fc.property(fc.nat(), (n) =>
        expect(readWholeNumber({ A: String(n) }, "A", 0)).toEqual(ok(n)),
      ),
    );
  });

  test("nothing else is one", () => {
    for (const text of ["1.5", "-1", "1e3", "0x10", "many", "99999999999999999999"]) {
      expect(readWholeNumber({ A: text }, "A", 0).ok).toBe(false);
    }
  });
});

describe("bytes", () => {
  test.each([
    ["2Gi", 2 ** 31],
    ["1.5Gi", 1.5 * 2 ** 30],
    ["500M", 5e8],
    ["64Ki", 65_536],
    ["1073741824", 2 ** 30],
  ])("%s", (text, bytes) => {
    expect(readBytes({ A: text }, "A", "1")).toEqual(ok(bytes));
  });

  test.each(["2GB", "Gi", "-1Gi", "2 Gi", "1e9", "1.Gi"])("%s is no size", (text) => {
    expect(readBytes({ A: text }, "A", "1").ok).toBe(false);
  });
});

test("a list is split at commas, its words trimmed", () => {
  expect(readList({ A: " a, b,,c ," }, "A", "")).toEqual(["a", "b", "c"]);
});

test.each([
  ["true", true],
  ["True", true],
  ["1", true],
  ["t", true],
  ["false", false],
  ["yes", false],
])("a switch: %s", (text, isOn) => {
  expect(readSwitch({ A: text }, "A")).toBe(isOn);
});
