import { expect, test } from "bun:test";
import { join } from "node:path";

/** What these cost at the start is measured: fs, os, path and buffer are loaded by then, ffi takes 0.3 ms. */
const CHEAP = new Set(["buffer", "bun:ffi", "fs", "os", "path"]);

// A bundler hoists every static import of a module of the runtime to the start of the program, also
// one in a file that is loaded late: node:tty would cost each start 3 ms, node:net 4 ms.
test("init loads no module of the runtime at its start that takes time", async () => {
  const built = await Bun.build({
    entrypoints: [join(import.meta.dir, "entry.ts")],
    target: "bun",
  });
  const scanner = new Bun.Transpiler({ loader: "js" });
  const texts = await Promise.all(built.outputs.map((output) => output.text()));
  const imports = texts.flatMap((text) => scanner.scanImports(text));
  const names = imports
    .filter(({ kind }) => kind === "import-statement")
    .map(({ path }) => path.replace(/^node:/, ""));
  expect(new Set(names)).toEqual(CHEAP);
});
