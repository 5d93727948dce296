import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { closingTable, said } from "../log.ts";
import { machineCode } from "../machine-code.ts";
import { runInit } from "../run-init.ts";
import { file, linkTo, makeScripts, shell } from "../scripts-dir.ts";

describe.concurrent("what is found", () => {
  test("names with spaces, newlines, quotes, dashes and other scripts' letters", async () => {
    const names = ["-n", "10 two words", '20-"quoted" $(x)', "30-line\nbreak", "40-übung-日本"];
    const scripts = makeScripts(
      Object.fromEntries(names.map((name) => [name, shell('printf "%s\\0" "$SCRIPT_NAME"')])),
    );
    const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(0);
    expect(stdout.toString()).toBe(names.map((name) => `${name}\0`).join(""));
    expect(said(stderr)).toContain(`exec: ${JSON.stringify(`${scripts}/30-line\nbreak`)}`);
    expect(closingTable(stderr)[3]).toEqual(['"30-line\\nbreak"', "passed"]);
  });

  test("a ConfigMap as kubelet mounts it: each script once, from ..data", async () => {
    const version = "..2026_01_02_03_04_05.123456789";
    const scripts = makeScripts({
      [`${version}/10-a`]: shell("echo a"),
      [`${version}/20-b`]: shell("echo b"),
      "..data": linkTo(version),
      "10-a": linkTo("..data/10-a"),
      "20-b": linkTo("..data/20-b"),
    });
    const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(0);
    expect(stdout.toString()).toBe("a\nb\n");
    expect(closingTable(stderr)).toEqual([
      ["10-a", "passed"],
      ["20-b", "passed"],
    ]);
  });

  test("what is skipped may have a name that is not UTF-8", async () => {
    const scripts = makeScripts({ "10-a": shell("echo a") });
    for (const name of [".\u00ff", "\u00e4.md", "x\u00ff~"]) {
      writeFileSync(Buffer.concat([Buffer.from(`${scripts}/`), Buffer.from(name, "latin1")]), "");
    }
    const { status, stdout } = await runInit(["plan", `-scripts=${scripts}`]);
    expect(status).toBe(0);
    expect(stdout.toString()).toEndWith(`1  10-a     run        change, no timeout set
-  .\\xff    no script  hidden
-  x\\xff~   no script  backup
-  \\xe4.md  no script  documentation
`);
  });

  test("links to files and directories elsewhere are followed, also twice", async () => {
    const elsewhere = makeScripts({ "x/1": shell('echo "$SCRIPT_NAME"'), y: shell("echo y") });
    const scripts = makeScripts({
      "10-x": linkTo(`${elsewhere}/x`),
      "20-x": linkTo(`${elsewhere}/x`),
      "30-y": linkTo(`${elsewhere}/y`),
    });
    const { stdout } = await runInit([`-scripts=${scripts}`]);
    expect(stdout.toString()).toBe("10-x/1\n20-x/1\ny\n");
  });

  for (const shebang of [
    "#!/usr/bin/env sh",
    "#! /usr/bin/env -S sh -e ",
    "#!/usr/bin/env -Ssh -e",
    "#!/usr/bin/env -S NAME=value sh",
    "#!/usr/bin/env -iS /bin/sh",
    "#!/bin/sh -eu",
  ]) {
    test(`${shebang} is fine, and the kernel thinks so too`, async () => {
      const scripts = makeScripts({ "10-x": file(`${shebang}\necho ran\n`, 0o755) });
      const { status, stdout } = await runInit([`-scripts=${scripts}`]);
      expect(stdout.toString()).toBe("ran\n");
      expect(status).toBe(0);
    });
  }

  test.skipIf(process.arch !== "x64")("a program in machine code needs no shebang", async () => {
    const scripts = makeScripts({ "10-quiet": file(machineCode.exit0, 0o711) });
    expect((await runInit(["lint", `-scripts=${scripts}`])).stdout.toString()).toStartWith(
      `${scripts}: 1 script, no problems\n`,
    );
  });
});
