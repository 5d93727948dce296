/** Builds dist/: the two programs, each as one executable, and the bundled scripts as the image has them. */
import { chmod, copyFile, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { version } from "./package.json" with { type: "json" };

const BUN_SHIM = `#!/bin/sh
# The runtime exists once: /init is also bun. Scripts with "#!/usr/bin/env bun" find it here.
# What they call as $INIT has to be init again, though it inherits BUN_BE_BUN: this file by another name.
case $0 in */./bun) unset BUN_BE_BUN && exec "\${0%/*}/../init" "$@" ;; esac
case \${INIT-} in */init) INIT="\${0%/*}/./bun" && export INIT ;; esac
BUN_BE_BUN=1 exec "\${0%/*}/../init" --no-install --no-env-file --config=/dev/null "$@"
`;

// image/arm64.ts sets these: where to, and the runtime of another CPU.
const dist = process.env["DIST"] ?? "dist";
const arm64Runtime = process.env["ARM64_RUNTIME"];

const sources = await readdir("scripts", { recursive: true, withFileTypes: true });
// A bundle holds what it needs of lib/, and nobody runs tests on a node.
const scriptFiles = sources
  .filter((file) => file.isFile())
  .map((file) => join(file.parentPath, file.name))
  .filter((path) => !/\/(?:lib|test)\//.test(path));

await rm(dist, { recursive: true, force: true });
for (const name of ["bin", "scripts"]) await mkdir(join(dist, name), { recursive: true });
await compileProgram("src/cli/entry.ts", "init");
// For a person's machine; it is not in the image.
await compileProgram("src/cli/fleet-entry.ts", "kubectl-storageos_init");
await writeFile(join(dist, "bin/bun"), BUN_SHIM, { mode: 0o755 });
for (const path of scriptFiles) await buildScriptFile(path);

async function compileProgram(entry: string, name: string): Promise<void> {
  await Bun.build({
    entrypoints: [entry],
    target: "bun",
    // Compiled ahead: parsing it would take longer than all else at the start.
    bytecode: true,
    format: "esm",
    // In one file all imports of node:* would be loaded at each start, whoever needs them.
    splitting: true,
    minify: { syntax: true, whitespace: true },
    define: {
      VERSION: JSON.stringify(version),
      BUNDLED_SCRIPTS: JSON.stringify(scriptFiles.map((path) => relative("scripts", path))),
    },
    compile: {
      outfile: join(dist, name),
      ...(arm64Runtime === undefined
        ? {}
        : { target: "bun-linux-arm64", executablePath: arm64Runtime }),
      autoloadDotenv: false,
      autoloadBunfig: false,
    },
  });
}

/** An executable TypeScript file becomes self-contained, under its own name; all else is copied. */
async function buildScriptFile(source: string): Promise<void> {
  const target = join(dist, source);
  const { mode } = await stat(source);
  await mkdir(dirname(target), { recursive: true });
  if (source.endsWith(".ts") && (mode & 0o111) !== 0) {
    await writeFile(target, await bundleScript(source));
  } else {
    await copyFile(source, target);
  }
  await chmod(target, mode & 0o755);
}

async function bundleScript(source: string): Promise<string> {
  const header = leadingComments(await Bun.file(source).text());
  const built = await Bun.build({ entrypoints: [source], target: "bun" });
  const [bundle] = built.outputs;
  if (bundle === undefined) throw new Error(`cannot bundle ${source}`);
  const body = await bundle.text();
  return `${header}${body.replace(/^#!.*\n/, "")}`;
}

/** The shebang and the settings below it, which a bundler would drop. */
function leadingComments(text: string): string {
  return /^(?:#!.*\n)?(?:\/\/.*\n)*/.exec(text)?.[0] ?? "";
}
