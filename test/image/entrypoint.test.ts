/** The image's entrypoint, in a root directory that has a shell and an /init which prints its arguments. */
import { beforeAll, expect, test } from "bun:test";
import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { temporaryDirectory } from "../temporary.ts";

const root = temporaryDirectory("image-root");

beforeAll(() => {
  for (const name of ["bin", "dev"]) mkdirSync(join(root, name));
  writeFileSync(join(root, "dev/null"), "");
  cpSync(Bun.which("busybox") ?? "", join(root, "bin/busybox"), { dereference: true });
  for (const name of ["sh", "echo"]) symlinkSync("busybox", join(root, "bin", name));
  cpSync(resolve(import.meta.dir, "../../image/entrypoint"), join(root, "entrypoint"));
  const init = join(root, "init");
  writeFileSync(init, '#!/bin/sh\nfor word; do printf "[%s]" "$word"; done\n');
  chmodSync(init, 0o755);
});

test.skipIf(process.getuid?.() !== 0 || Bun.which("busybox") === null).each([
  [["-scripts=/scripts"], "[-scripts=/scripts]"],
  [["--scripts", "/a b", "--timeout=1m"], "[--scripts][/a b][--timeout=1m]"],
  [["/init", "-scripts=/scripts"], "[-scripts=/scripts]"],
  [["plan", "-scripts=/scripts"], "[plan][-scripts=/scripts]"],
  [["version"], "[version]"],
  [[], ""],
  [["echo", "-n", "a program"], "a program"],
  [["sh", "-c", "echo -n another"], "another"],
])("%j", (args, output) => {
  const { exitCode, stdout, stderr } = Bun.spawnSync(["chroot", root, "/entrypoint", ...args], {
    env: { PATH: `${process.env["PATH"]}:/bin` },
  });
  expect({ exitCode, stdout: stdout.toString(), stderr: stderr.toString() }).toEqual({
    exitCode: 0,
    stdout: output,
    stderr: "",
  });
});
