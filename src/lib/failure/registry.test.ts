import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CODE_PATTERN, MAX_PARAM_BYTES, MAX_PARAMS } from "./failure.ts";
import { explainedEntries, TOPICS } from "./registry.ts";

const ROOT = join(import.meta.dir, "../../..");
const SOURCES = ["src/**/*.ts", "scripts/**/*.ts"]
  .flatMap((pattern) => [...new Bun.Glob(pattern).scanSync(ROOT)])
  .filter((path) => !path.startsWith("src/lib/failure/") && !path.endsWith(".test.ts"))
  .map((path) => readFileSync(join(ROOT, path), "utf8"))
  .join("\n");
const ALL = TOPICS.flatMap(explainedEntries);

test("every topic is in the registry", () => {
  const files = [...new Bun.Glob("*.ts").scanSync(join(import.meta.dir, "topics"))];
  const registry = readFileSync(join(import.meta.dir, "registry.ts"), "utf8");
  for (const file of files) expect(registry).toContain(`from "./topics/${file}"`);
});

test("no code is in two topics", () => {
  const codes = ALL.map(({ code }) => code);
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
});

describe("the entry of", () => {
  test.each(ALL.map((explained) => [explained.code, explained] as const))(
    "%s is complete and used",
    (code, { entry, cause, fix }) => {
      expect(code).toMatch(CODE_PATTERN);
      expect(SOURCES).toContain(`"${code}"`);
      expect(`${cause}\n${fix}`).not.toMatch(/undefined|\[object/);
      expect(cause).not.toMatch(/\.$|\n/);
      expect(fix.trim()).not.toBe("");
      for (const text of [entry.meaning, entry.remedy]) expect(text).toMatch(/^\S.*[.`]$/s);
      expect(entry.title).not.toEndWith(".");
      expect(Object.keys(entry.example).length).toBeLessThanOrEqual(MAX_PARAMS);
      for (const value of Object.values(entry.example))
        expect(Buffer.byteLength(value)).toBeLessThanOrEqual(MAX_PARAM_BYTES);
    },
  );
});
