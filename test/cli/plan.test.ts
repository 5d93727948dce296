import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { unhurried } from "../log.ts";
import { runInit, runInShell } from "../run-init.ts";
import { file, linkTo, makeScripts, shell } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";

describe.concurrent("init plan", () => {
  test("shows what would run, in order, and why something would not; runs nothing", async () => {
    const witness = `${temporaryDirectory("witness")}/witness`;
    const touch = `touch ${witness}`;
    const scripts = makeScripts({
      "10-lio/enable": shell(touch, "timeout=90s retries=3 retry-delay=500ms"),
      "20-check": shell(touch, "kind=check on-failure=warn timeout=0"),
      "30-old": shell(touch, 'node-image="<1.4.0"'),
      "31-new": shell(touch, 'node-image=">=1.4.0 <3" once=per-node-image'),
      "README.md": file("", 0o644),
      "notes.txt": file("", 0o644),
      ".hidden": file("", 0o644),
      "10-lio/enable~": file("", 0o644),
      "40-x.bak": file("", 0o644),
      "40-x.orig": file("", 0o644),
      ".40-x.swp": file("", 0o644),
      "40-x.dpkg-dist": file("", 0o644),
      "#40-x#": file("", 0o644),
      "..data": linkTo("nowhere"),
    });
    const args = ["plan", `-scripts=${scripts}`, "-nodeImage=storageos/node:v2.1.0"];
    const { status, stdout, stderr } = await runInit(args);
    expect(unhurried(stderr)).toBe("");
    expect(status).toBe(0);
    expect(stdout.toString()).toBe(`${scripts}: node image storageos/node:v2.1.0, node version 2.1.0
1  10-lio/enable   run        change, timeout 1m30s, retries 3 after 500ms
2  20-check        run        check, no timeout, only warns
3  30-old          skip       node version 2.1.0 is not in its range <1.4.0
4  31-new          run        change, no timeout set, for >=1.4.0 <3, once per-node-image
-  #40-x#          no script  backup
-  ..data          no script  hidden
-  .40-x.swp       no script  hidden
-  .hidden         no script  hidden
-  10-lio/enable~  no script  backup
-  40-x.bak        no script  backup
-  40-x.dpkg-dist  no script  backup
-  40-x.orig       no script  backup
-  README.md       no script  documentation
-  notes.txt       no script  documentation
`);
    expect(existsSync(witness)).toBe(false);
  });

  test("says why nothing would run", async () => {
    const scripts = makeScripts({ "10-x": file("#!/bin/sh\n", 0o644), "20-y": shell("", "x=1") });
    const { status, stdout, stderr } = await runInit(["plan", `-scripts=${scripts}`]);
    expect(status).toBe(3);
    expect(stdout.toString()).toBe("");
    expect(stderr.toString())
      .toBe(`cannot run ${scripts}/10-x: it is not executable (mode 0644). chmod +x what is a script. Write # init: kind=library into what scripts source
cannot read settings of ${scripts}/20-y:2: unknown key "x". ${SETTINGS}
nothing would run: 2 problems found
`);
  });

  test("takes an empty directory for a mistake", async () => {
    const scripts = makeScripts({});
    const { status, stderr } = await runInit(["plan", `-scripts=${scripts}`]);
    expect(status).toBe(3);
    expect(stderr.toString()).toBe(
      `no scripts in ${scripts}: it is empty. Check that the scripts are mounted there, or correct -scripts\n`,
    );
  });

  test("a reader that leaves early is no error", async () => {
    const names = Array.from({ length: 2000 }, (_, index) => `${index}-${"x".repeat(90)}`);
    const scripts = makeScripts(Object.fromEntries(names.map((name) => [name, shell("")])));
    const { stdout, stderr } = await runInShell('"$0" "$@" | head -c 1; echo " ${PIPESTATUS[0]}"', [
      "plan",
      `-scripts=${scripts}`,
    ]);
    expect(unhurried(stderr)).toBe("");
    expect(stdout.toString()).toBe("/ 0\n");
  });
});

const SETTINGS = "Correct the line. docs/scripts.md lists all settings";

describe.concurrent("init lint", () => {
  test("says that all is well", async () => {
    const scripts = makeScripts({
      "10-a": shell(":", "timeout=1m"),
      "20-b": shell(":", "kind=check"),
      "x.md": file("", 0o644),
    });
    const { status, stdout, stderr } = await runInit(["lint", `-scripts=${scripts}`]);
    expect(unhurried(stderr)).toBe("");
    expect(stdout.toString()).toBe(`${scripts}: 2 scripts, no problems\n`);
    expect(status).toBe(0);
  });

  test("remarks on changes without a timeout, unless --timeout is given", async () => {
    const scripts = makeScripts({
      "10-a": shell(":"),
      "20-b": shell(":"),
      "30-c": shell(":", "kind=check"),
      "40-d": shell(":", "timeout=0"),
    });
    const lint = async (...flags: readonly string[]): Promise<string> =>
      (await runInit(["lint", `-scripts=${scripts}`, ...flags])).stdout.toString();
    expect(await lint()).toBe(`${scripts}: 4 scripts, no problems
note: no timeout: 10-a and 1 more may run for ever. Write # init: timeout=… into it, or give --timeout
`);
    expect(await lint("--timeout=5m")).toBe(`${scripts}: 4 scripts, no problems\n`);
    const plan = async (...flags: readonly string[]): Promise<string> =>
      (await runInit(["plan", `-scripts=${scripts}`, ...flags])).stdout.toString();
    expect(await plan()).toContain(`1  10-a  run  change, no timeout set
2  20-b  run  change, no timeout set
3  30-c  run  check, timeout 5m
4  40-d  run  change, no timeout
`);
    expect(await plan("--timeout=30s")).toContain(`1  10-a  run  change, timeout 30s
2  20-b  run  change, timeout 30s
3  30-c  run  check, timeout 30s
4  40-d  run  change, no timeout
`);
  });

  test("lists every problem, with file and line, on stderr", async () => {
    const scripts = makeScripts({
      "10-x": file("#!/bin/sh\n", 0o644),
      "20-y": shell("", "timout=1s\n# init: kind=cheque"),
      "30-z": linkTo("nowhere"),
    });
    const { status, stdout, stderr } = await runInit(["lint", `-scripts=${scripts}`]);
    expect(status).toBe(3);
    expect(stdout.toString()).toBe("");
    expect(stderr.toString())
      .toBe(`cannot run ${scripts}/10-x: it is not executable (mode 0644). chmod +x what is a script. Write # init: kind=library into what scripts source
cannot read settings of ${scripts}/20-y:2: unknown key "timout" (did you mean timeout?). ${SETTINGS}
cannot read settings of ${scripts}/20-y:3: bad kind: "cheque" is not change, check or library. ${SETTINGS}
cannot run ${scripts}/30-z: it is a link to something that does not exist. Correct the path, or remove the entry
`);
  });

  test("needs no node image for a script that has a range", async () => {
    const scripts = makeScripts({ "10-a": shell(":", "node-image=2.x") });
    expect((await runInit(["lint", `-scripts=${scripts}`])).status).toBe(0);
  });

  test("takes an empty directory for a mistake", async () => {
    const scripts = makeScripts({});
    const { status, stderr } = await runInit(["lint", `-scripts=${scripts}`]);
    expect(status).toBe(3);
    expect(stderr.toString()).toBe(
      `no scripts in ${scripts}: it is empty. Check that the scripts are mounted there, or correct -scripts\n`,
    );
  });
});
