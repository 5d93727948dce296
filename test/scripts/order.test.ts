import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { unhurried } from "../log.ts";
import { INIT, runInit } from "../run-init.ts";
import { makeScripts, shell } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";

/**
 * The order as find and sort give it: a byte that no name holds takes the place of "/", so that a
 * directory's entries stand together where the directory's own name does.
 */
const INDEPENDENT_WALK = `cd "$1" && LC_ALL=C find -L . -mindepth 1 \
  \\( -name '.*' -o -name '*.md' -o -name '*.txt' -o -name '*~' -o -name '*.bak' -o -name '*.orig' \
     -o -name '*.swp' -o -name '*.dpkg-*' -o -name '#*#' \\) -prune -o -type f -printf '%P\\0' |
  tr / '\\001' | LC_ALL=C sort -z | tr '\\001' /`;

function walkIndependently(scripts: string): readonly string[] {
  const walk = Bun.spawnSync(["bash", "-c", INDEPENDENT_WALK, "bash", scripts]);
  return walk.stdout.toString().split("\0").filter(Boolean);
}

function planned(scripts: string): readonly string[] {
  const { stdout, stderr } = Bun.spawnSync([INIT, "plan", `-scripts=${scripts}`]);
  expect(unhurried(stderr)).toBe("");
  return stdout
    .toString()
    .split("\n")
    .flatMap((line) => /^ *\d+ {2}(.+?) +run +change, no timeout set$/.exec(line)?.[1] ?? []);
}

// Letters around "/" in byte order, and beyond ASCII, where UTF-16 and UTF-8 sort differently.
const names = fc
  .array(
    fc.constantFrom("a", "b", "A", "0", "9", "10", "-", "_", "+", ",", "!", "~", "é", "ﬀ", "😀"),
    { minLength: 1, maxLength: 4 },
  )
  .map((letters) => letters.join(""));
const endings = fc.constantFrom("", "", "", "", ".md", ".txt", ".bak", ".orig", ".sh", ".d");
const entries = fc.tuple(names, endings).map(([name, ending]) => `${name}${ending}`);
const trees = fc.uniqueArray(
  fc.array(
    fc.oneof(
      { weight: 9, arbitrary: entries },
      { weight: 1, arbitrary: entries.map((name) => `.${name}`) },
    ),
    { minLength: 1, maxLength: 3 },
  ),
  { minLength: 1, maxLength: 12, selector: (parts) => parts.join("/") },
);

test("scripts run in the order of an independent walk, whatever the tree", () => {
  fc.assert(
    fc.property(trees, (tree) => {
      const scripts = join(temporaryDirectory("tree"), "scripts");
      mkdirSync(scripts);
      for (const parts of [["always-one"], ...tree]) {
        const path = join(scripts, ...parts);
        try {
          mkdirSync(dirname(path), { recursive: true });
          writeFileSync(path, "#!/bin/sh\n", { mode: 0o755, flag: "wx" });
        } catch {
          // a name that is a file here and a directory there
        }
      }
      expect(planned(scripts)).toEqual(walkIndependently(scripts));
    }),
    { numRuns: process.env["NIGHTLY"] === undefined ? 40 : 1_500 },
  );
});

test("a directory's contents stand in its place, not by their whole path", async () => {
  const one = shell('echo "$SCRIPT_NAME"');
  const scripts = makeScripts({
    "10/z": one,
    "10-a": one,
    "10.a": one,
    "9": one,
    B: one,
    a: one,
    é: one,
    "\uffee": one,
    "😀": one,
  });
  const { stdout } = await runInit([`-scripts=${scripts}/`]);
  const order = ["10/z", "10-a", "10.a", "9", "B", "a", "é", "\uffee", "😀"];
  expect(stdout.toString()).toBe(`${order.join("\n")}\n`);
  expect(walkIndependently(scripts)).toEqual(order);
});
