/** --warn-code and --fail-on-warning: what counts as a failure is the operator's choice. */
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { runInit } from "../run-init.ts";
import { makeScripts, shell } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";

const CLOCK = `"$INIT" fail --code ClockSkew "the clock is off" "Start chrony"; exit 1`;
const BOTH = `"$INIT" fail --code ClockSkew "the clock is off" "Start chrony"
"$INIT" fail --code DiskSlow "the disk is slow" "Replace it"; exit 1`;
const WARNS = `"$INIT" warn --code DiskOld "the disk is old" "Replace it soon"`;

async function run(first: string, settings: string, ...flags: readonly string[]) {
  const directory = temporaryDirectory("warnings");
  const message = `${directory}/message`;
  writeFileSync(message, "");
  const scripts = makeScripts({
    "10-first": shell(first, `timeout=1m ${settings}`),
    "20-next": shell(`touch ${directory}/ran`, "timeout=1m"),
  });
  const args = [`-scripts=${scripts}`, `--termination-log=${message}`, ...flags];
  const { status, stderr } = await runInit(args);
  const [line = "", json = ""] = readFileSync(message, "utf8").trim().split("\n");
  const { outcome, code } = JSON.parse(json) as { outcome: string; code?: string };
  const hasGoneOn = existsSync(`${directory}/ran`);
  return { status, outcome, code, line, hasGoneOn, log: stderr.toString() };
}

describe.concurrent("--warn-code", () => {
  test("makes failures with this code warnings, and the run goes on", async () => {
    const { status, outcome, hasGoneOn, log } = await run(CLOCK, "", "--warn-code=Other,ClockSkew");
    expect({ status, outcome, hasGoneOn }).toEqual({
      status: 0,
      outcome: "warned",
      hasGoneOn: true,
    });
    expect(log).toContain("cause: the clock is off (ClockSkew)\n");
    expect(log).toMatch(/ prepared with 1 warning: 2 scripts in /);
  });

  test("another failure of the same script still counts", async () => {
    const found = await run(BOTH, "", "--warn-code=ClockSkew");
    expect(found).toMatchObject({ status: 1, outcome: "failed", hasGoneOn: false });
    const all = await run(BOTH, "", "--warn-code=ClockSkew", "--warn-code=DiskSlow");
    expect(all).toMatchObject({ status: 0, outcome: "warned", hasGoneOn: true });
  });

  test("does not apply to a script with strict=yes", async () => {
    const found = await run(CLOCK, "strict=yes", "--warn-code=ClockSkew");
    expect(found).toMatchObject({ status: 1, code: "ClockSkew" });
  });

  test("what is no code is a usage error", async () => {
    const { status, stderr } = await runInit(["-scripts=x", "--warn-code=clock skew"]);
    expect(stderr.toString()).toContain(
      `cannot use --warn-code=clock skew: "clock skew" is not a code, such as ClockNotSynchronised`,
    );
    expect(status).toBe(2);
  });
});

describe.concurrent("--fail-on-warning", () => {
  test("a warning is the script's failure, with its own cause, and nothing more runs", async () => {
    const found = await run(WARNS, "", "--fail-on-warning");
    expect(found).toMatchObject({
      status: 1,
      outcome: "failed",
      code: "DiskOld",
      hasGoneOn: false,
    });
    expect(found.line).toBe("10-first: the disk is old. Replace it soon");
    expect(found.log).toMatch(/10-first" failed: it warned, and --fail-on-warning is set\n/);
  });

  test("also one that on-failure=warn makes", async () => {
    expect(await run(CLOCK, "on-failure=warn", "--fail-on-warning")).toMatchObject({ status: 1 });
    expect(await run("true", "", "--fail-on-warning")).toMatchObject({ status: 0 });
  });
});
