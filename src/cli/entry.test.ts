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
  const text = (await Promise.all(built.outputs.map((output) => output.text()))).join("\n");
  const imports = text.matchAll(/^import\b[^;]*?\bfrom\s*"(?:node:)?([^"]+)"/gm);
  expect(new Set(Array.from(imports, ([, name = ""]) => name))).toEqual(CHEAP);
});
