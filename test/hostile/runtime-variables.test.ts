/** A pod's variables that act on a loader or a runtime: init as the image has it, and scripts. */
import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { runAsImage } from "../image/as-image.ts";
import { said } from "../log.ts";
import { isRoot } from "../namespaces.ts";
import { runInit } from "../run-init.ts";
import { file, makeScripts, shell } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";

const directory = temporaryDirectory("evil");
const preload = `${directory}/evil.ts`;
const EVIL = "evil code ran";
writeFileSync(preload, `console.log(${JSON.stringify(EVIL)});\n`);

/** Each does something to an init that gets it; the values have what a shell could trip over. */
const VARIABLES: Readonly<Record<string, string>> = {
  BUN_OPTIONS: `--preload=${preload}`,
  BUN_INSPECT: "127.0.0.1:1/x?wait=1",
  BUN_INSPECT_PRELOAD: preload,
  BUN_BE_BUN: "1",
  BUN_JSC_useJIT: "0",
  BUN_JSC_noSuchOption: "1",
  BUN_CONFIG_VERBOSE_FETCH: "curl",
  BUN_CONFIG_MAX_HTTP_REQUESTS: "0",
  NODE_OPTIONS: `--require=${preload}`,
  NODE_TLS_REJECT_UNAUTHORIZED: "0",
  NODE_CHANNEL_FD: "1",
  LD_PRELOAD: "/no/such/library.so",
  LD_LIBRARY_PATH: directory,
  LD_DEBUG_OUTPUT: "",
  GLIBC_TUNABLES: "glibc.malloc.check=0",
  MALLOC_PERTURB_: "'; echo $(id)\"\nexport BUN_EVIL='\\ ",
};

const SHOW = Object.keys(VARIABLES)
  .map((name) => `echo "$(printf '%s' "$${name}" | base64 -w0)"`)
  .join("; ");

/** In a script: how many of the variables are in the environment of init, its parent. */
const COUNT_OF_INIT = `tr '\\0' '\\n' </proc/$PPID/environ | grep -cE '^(${Object.keys(VARIABLES).join("|")})='`;

describe.skipIf(!isRoot)("variables that act on a runtime, in the image (needs root)", () => {
  for (const [name, value] of Object.entries(VARIABLES)) {
    test.concurrent(`${name}: not on init, and users' scripts get it`, async () => {
      const scripts = makeScripts({
        "10-a": shell(`printf '%s' "$${name}" | base64 -w0; env | grep -c KEPT; :`),
      });
      const { status, stdout, stderr } = await runAsImage([`-scripts=${scripts}`], {
        [name]: value,
      });
      expect({ status, stdout: stdout.toString() }).toEqual({
        status: 0,
        stdout: `${Buffer.from(value).toString("base64")}0\n`,
      });
      expect(said(stderr)).toHaveLength(3);
    });
  }

  test("all of them, however init is started", async () => {
    const scripts = makeScripts({ "10-a": shell(`${COUNT_OF_INIT}; ${SHOW}`) });
    const given = Object.values(VARIABLES).map((value) => Buffer.from(value).toString("base64"));
    for (const words of [
      [`-scripts=${scripts}`],
      ["/init", `-scripts=${scripts}`],
      ["run", `-scripts=${scripts}`],
    ]) {
      const { stdout } = await runAsImage(words, VARIABLES);
      expect(stdout.toString().trimEnd().split("\n")).toEqual(["0", ...given]);
    }
  });

  test("a program that is not init gets them as they are", async () => {
    const { stdout } = await runAsImage(["sh", "-c", "env | grep -c KEPT; echo $BUN_OPTIONS"], {
      BUN_OPTIONS: "--x",
    });
    expect(stdout.toString()).toBe("0\n--x\n");
  });

  test("a script's own call of $INIT", async () => {
    const scripts = makeScripts({ "10-a": shell('"$INIT" fail "no disk" "Add one"') });
    const { BUN_OPTIONS = "", BUN_BE_BUN = "" } = VARIABLES;
    const run = await runAsImage([`-scripts=${scripts}`], { BUN_OPTIONS, BUN_BE_BUN });
    expect(run.stdout.toString()).toBe("");
    expect(said(run.stderr)).toContain("fix: Add one");
  });

  test("on a user's script in TypeScript they act, on bundled scripts none does", async () => {
    const { BUN_OPTIONS = "", BUN_CONFIG_VERBOSE_FETCH = "" } = VARIABLES;
    const scripts = makeScripts({
      "10-a": file("#!/usr/bin/env bun\nconsole.log('mine');\n", 0o755),
    });
    const own = await runAsImage([`-scripts=${scripts}`], { BUN_OPTIONS });
    expect(own.stdout.toString()).toBe(`${EVIL}\nmine\n`);

    const args = ["-scripts=/scripts/02-limits"];
    const plain = await runAsImage(args);
    const hostile = await runAsImage(args, { ...VARIABLES, BUN_CONFIG_VERBOSE_FETCH });
    expect(hostile.stdout.toString()).toBe(plain.stdout.toString());
    expect(outcomesOf(hostile.stderr)).toEqual(outcomesOf(plain.stderr));
    // That of the shell which keeps it from all else.
    expect(hostile.stderr.toString().split("LD_PRELOAD")).toHaveLength(2);
  });
});

/** All lines of a log without times and durations, and without those of the loader. */
function outcomesOf(stderr: Buffer): readonly string[] {
  return stderr
    .toString()
    .split("\n")
    .filter((line) => !line.startsWith("ERROR: ld.so"))
    .map((line) => line.replace(/^\S+Z /, "").replaceAll(/\b[\d.]+m?s\b/g, "…"));
}

describe.concurrent("outside the image", () => {
  test("a helper whose output is not its own is done without", async () => {
    const scripts = makeScripts({ "10-a": shell("echo ran") });
    const run = await runInit([`-scripts=${scripts}`], {
      env: { BUN_OPTIONS: `--preload=${preload}` },
    });
    expect({ status: run.status, stdout: run.stdout.toString() }).toEqual({
      status: 0,
      stdout: `${EVIL}\nran\n`,
    });
    expect(said(run.stderr)[0]).toContain("(HelperEnded)");
  });

  test("files in the working directory", async () => {
    const cwd = temporaryDirectory("cwd");
    mkdirSync(`${cwd}/node_modules`);
    writeFileSync(`${cwd}/.env`, "NODE_IMAGE=evil:1.0.0\nBUN_OPTIONS=--no-such\nFROM_FILE=1\n");
    writeFileSync(`${cwd}/bunfig.toml`, `preload = ["${preload}"]\n`);
    for (const name of ["package.json", "tsconfig.json"]) writeFileSync(`${cwd}/${name}`, "{x");
    const scripts = makeScripts({ "10-a": shell('echo "$NODE_IMAGE$BUN_OPTIONS$FROM_FILE"') });
    const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`], { cwd });
    expect({ status, stdout: stdout.toString() }).toEqual({ status: 0, stdout: "\n" });
    expect(said(stderr)).toHaveLength(3);
  });
});
