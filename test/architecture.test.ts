/** The arrows of docs/architecture.md: who may import whom, checked in the sources and in the linter. */
import { describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { temporaryDirectory } from "./temporary.ts";

const ROOT = resolve(import.meta.dir, "..");

/** What each part may import; a script also imports its own files. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "src/cli": ["src/cli", "src/init", "src/fleet", "src/lib"],
  "src/init": ["src/init", "src/lib", "src/lib/linux"],
  "src/fleet": ["src/fleet", "src/lib"],
  "src/lib": ["src/lib"],
  "src/lib/linux": ["src/lib", "src/lib/linux"],
  scripts: ["src/lib", "src/lib/linux"],
};

const FILES = ["src/**/*.ts", "scripts/*/*.ts", "scripts/*/lib/**/*.ts"]
  .flatMap((pattern) => [...new Bun.Glob(pattern).scanSync(ROOT)])
  .filter((file) => !file.endsWith(".test.ts") && !file.endsWith(".d.ts"));

describe("imports of every kind, import() in a type and require included", () => {
  test("point downwards only", () => {
    const upwards = FILES.flatMap((file) =>
      importsOf(file)
        .filter((target) => !isAllowed(file, target))
        .map((target) => `${file} -> ${target}`),
    );
    expect(upwards).toEqual([]);
  });

  test("make no circle", () => {
    expect(circlesOf(new Map(FILES.map((file) => [file, importsOf(file)])))).toEqual([]);
  });

  test("make no circle of folders, but that a folder may use what is in it and around it", () => {
    const folders = new Map<string, Set<string>>();
    for (const file of FILES) {
      const folder = dirname(file);
      const others = importsOf(file)
        .map(dirname)
        .filter((other) => !isWithin(folder, other) && !isWithin(other, folder));
      folders.set(folder, (folders.get(folder) ?? new Set()).union(new Set(others)));
    }
    expect(circlesOf(folders)).toEqual([]);
  });
});

type Rule = readonly [file: string, target: string];

const FORBIDDEN: readonly Rule[] = [
  ["src/cli/a.ts", "../lib/linux/x.ts"],
  ["src/cli/a.ts", "../../scripts/10-a/lib/x.ts"],
  ["src/init/run/a.ts", "../../cli/x.ts"],
  ["src/init/a.ts", "../fleet/x.ts"],
  ["src/init/a.ts", "../../scripts/10-a/lib/x.ts"],
  ["src/fleet/a.ts", "../cli/x.ts"],
  ["src/fleet/show/a.ts", "../../init/run/x.ts"],
  ["src/fleet/a.ts", "../lib/linux/x.ts"],
  ["src/lib/a.ts", "../cli/x.ts"],
  ["src/lib/text/a.ts", "../../init/x.ts"],
  ["src/lib/a.ts", "../fleet/x.ts"],
  ["src/lib/a.ts", "./linux/x.ts"],
  ["src/lib/linux/a.ts", "../../init/x.ts"],
  ["scripts/10-a/a.ts", "../../src/cli/x.ts"],
  ["scripts/10-a/lib/a.ts", "../../../src/init/x.ts"],
  ["scripts/10-a/lib/a.ts", "../../../src/fleet/x.ts"],
  ["scripts/10-a/lib/a.ts", "../../20-b/lib/x.ts"],
];

const ALLOWED: readonly Rule[] = [
  ["src/cli/a.ts", "../init/x.ts"],
  ["src/cli/a.ts", "../fleet/x.ts"],
  ["src/init/run/a.ts", "../record/x.ts"],
  ["src/init/a.ts", "../lib/linux/x.ts"],
  ["src/fleet/show/a.ts", "../../lib/text/x.ts"],
  ["src/lib/linux/a.ts", "../text/x.ts"],
  ["scripts/10-a/lib/a.ts", "../../../src/lib/linux/x.ts"],
  ["scripts/10-a/a.ts", "./lib/x.ts"],
];

const KINDS: Readonly<Record<string, (target: string) => string>> = {
  static: (target) => `import { x } from "${target}";\n\nexport const y = x;\n`,
  "type-only": (target) => `import type { X } from "${target}";\n\nexport type Y = X;\n`,
  "re-exporting": (target) => `export { x } from "${target}";\n`,
  dynamic: (target) => `export const { x } = await import("${target}");\n`,
  "in a type": (target) => `export type Y = import("${target}").X;\n`,
};

describe("make lint", () => {
  const rules = Object.keys(KINDS).flatMap((kind) =>
    FORBIDDEN.map((rule) => [kind, rule] as const),
  );
  const good = Object.keys(KINDS)
    .filter((kind) => kind !== "in a type")
    .flatMap((kind) => ALLOWED.map((rule) => [kind, rule] as const));
  const { complaints, failed } = lint([...rules, ...good]);

  test.each(Object.keys(KINDS))("refuses an import upwards that is %s", (kind) => {
    const name =
      kind === "in a type"
        ? "typescript(consistent-type-imports)"
        : "eslint(no-restricted-imports)";
    const unseen = FORBIDDEN.map((rule) => fileOf(kind, rule)).filter(
      (file) => complaints.get(file)?.has(name) !== true,
    );
    expect(unseen).toEqual([]);
  });

  test("fails for them, and for nothing that is allowed", () => {
    expect(failed).toBe(true);
    const wrong = good.map(([kind, rule]) => fileOf(kind, rule));
    expect(wrong.filter((file) => complaints.has(file))).toEqual([]);
  });
});

/** Each kind and rule in a file of its own, in the folder of the rule. */
function fileOf(kind: string, [file, target]: Rule): string {
  const name = `${kind} ${target}`.replaceAll(/[^a-z0-9]+/g, "-");
  return join(dirname(file), `${name}.ts`);
}

/** The rules' names that the linter complains of, by file. */
function lint(rules: readonly (readonly [string, Rule])[]) {
  const directory = temporaryDirectory("lint");
  // Without the rules that need types, which take much longer; these need none.
  const config = readFileSync(join(ROOT, ".oxlintrc.json"), "utf8");
  writeFileSync(
    join(directory, ".oxlintrc.json"),
    config.replace('"typeAware": true', '"typeAware": false'),
  );
  for (const [kind, rule] of rules) {
    const path = join(directory, fileOf(kind, rule));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, KINDS[kind]?.(rule[1]) ?? "");
  }
  const oxlint = join(ROOT, "node_modules/.bin/oxlint");
  const args = ["--deny-warnings", "--format=unix"];
  const { stdout, exitCode } = Bun.spawnSync([oxlint, ...args], { cwd: directory });
  const complaints = new Map<string, Set<string>>();
  for (const line of stdout.toString().split("\n")) {
    const [, file, rule] = /^(\S+?):\d+:\d+: .*\[Error\/(.+)\]$/.exec(line) ?? [];
    if (file === undefined || rule === undefined) continue;
    complaints.set(file, (complaints.get(file) ?? new Set()).add(rule));
  }
  return { complaints, failed: exitCode !== 0 };
}

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  const specifiers = text.matchAll(/\b(?:from|import|require)\b\s*\(?\s*["'](\.[^"']*)["']/g);
  return Array.from(specifiers, ([, specifier = ""]) =>
    resolve(ROOT, dirname(file), specifier).slice(ROOT.length + 1),
  );
}

function isAllowed(file: string, target: string): boolean {
  const script = /^scripts\/[^/]+\//.exec(file)?.[0];
  if (script !== undefined && target.startsWith(script))
    return !target.startsWith(`${script}test/`);
  return (MAY_IMPORT[partOf(file)] ?? []).includes(partOf(target));
}

function partOf(file: string): string {
  return /^(?:src\/lib\/linux|src\/[^/]+|[^/]+)(?=\/)/.exec(file)?.[0] ?? "";
}

function isWithin(folder: string, outer: string): boolean {
  return `${folder}/`.startsWith(`${outer}/`);
}

/** Every way in a graph that leads back to where it began. */
function circlesOf(graph: ReadonlyMap<string, Iterable<string>>): readonly string[] {
  const done = new Set<string>();
  const found: string[] = [];
  for (const node of graph.keys()) visit(node, []);
  return found;

  function visit(node: string, way: readonly string[]): void {
    const start = way.indexOf(node);
    if (start >= 0) found.push([...way.slice(start), node].join(" -> "));
    if (start >= 0 || done.has(node)) return;
    for (const target of graph.get(node) ?? []) visit(target, [...way, node]);
    done.add(node);
  }
}
