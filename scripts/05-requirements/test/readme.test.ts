import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../../..");
const FOLDER = join(ROOT, "scripts/05-requirements");
const readme = readFileSync(join(FOLDER, "README.md"), "utf8");
const checks = readdirSync(FOLDER).filter((name) => name.endsWith(".ts"));

/** The first column of the table below a heading. */
function rowsBelow(heading: string): string[] {
  const section = readme.split(`## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  return [...section.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, name]) => `${name}.ts`);
}

test("every check has its row, and says how it can be mended", () => {
  expect(rowsBelow("The checks").toSorted()).toEqual(checks.toSorted());
  expect(rowsBelow("What to do").toSorted()).toEqual(checks.toSorted());
});

test("every variable that a check reads is in the table, and no other", () => {
  const sources = [...new Bun.Glob("scripts/05-requirements/lib/**/*.ts").scanSync(ROOT)].filter(
    (path) => !path.endsWith(".test.ts"),
  );
  const code = sources.map((path) => readFileSync(join(ROOT, path), "utf8")).join("\n");
  const section = readme.split("## Variables\n")[1]?.split("\n## ")[0] ?? "";
  expect(variablesIn(section)).toEqual(variablesIn(code));
});

function variablesIn(text: string): Set<string> {
  return new Set([...text.matchAll(/\bSTORAGEOS_[A-Z_]+\b/g)].map(([name]) => name));
}

test("every check is one, and what its row says of failing is in its header", () => {
  for (const check of checks) {
    const header = readFileSync(join(FOLDER, check), "utf8").split("\n")[1] ?? "";
    expect(header).toStartWith("// init: kind=check timeout=");
    const row = readme.split("\n").find((line) => line.startsWith(`| \`${check.slice(0, -3)}\``));
    const unmet = row?.split("|").at(-2)?.trim() ?? "";
    expect([check, unmet === "warns"]).toEqual([check, header.includes("on-failure=warn")]);
  }
});
