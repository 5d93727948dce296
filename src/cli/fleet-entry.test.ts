import { expect, test } from "bun:test";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dir, "../..");

test("the fleet's program holds nothing of a node, and nothing that only Linux has", async () => {
  const built = await Bun.build({
    entrypoints: [join(import.meta.dir, "fleet-entry.ts")],
    root: ROOT,
    target: "bun",
    metafile: true,
  });
  const modules = Object.keys(built.metafile?.inputs ?? {}).map((path) => resolve(path));
  const inSources = modules.map((path) => path.slice(ROOT.length + 1));
  // Dynamic imports are in the list too.
  expect(inSources).toContain("src/fleet/status-watch.ts");
  expect(inSources).toContain("src/fleet/logs.ts");
  expect(inSources.filter((path) => /^src\/(?:init|lib\/linux)\//.test(path))).toEqual([]);
  const text = (await Promise.all(built.outputs.map((output) => output.text()))).join("\n");
  expect(text).not.toContain("bun:ffi");
});
