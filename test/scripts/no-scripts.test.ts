import { describe, expect, test } from "bun:test";
import { said } from "../log.ts";
import { runInit } from "../run-init.ts";
import { file, makeScripts, shell } from "../scripts-dir.ts";

describe.concurrent("a scripts directory that is no such", () => {
  test("it does not exist", async () => {
    const { status, stderr } = await runInit(["-scripts=/no/such/scripts"]);
    expect(status).toBe(3);
    expect(said(stderr)).toEqual([
      "init failed: nothing was run: 1 problem found",
      "cause: cannot run /no/such/scripts: it does not exist (EntryUnusable)",
      "fix: Correct the path, or remove the entry",
    ]);
  });

  test("it is a file", async () => {
    const scripts = makeScripts({ "10-a": shell(":") });
    const { status, stderr } = await runInit([`-scripts=${scripts}/10-a`]);
    expect(status).toBe(3);
    expect(said(stderr)).toEqual([
      "init failed: nothing was run: 1 problem found",
      `cause: cannot run ${scripts}/10-a: it is not a directory (EntryUnusable)`,
      "fix: Correct the path, or remove the entry",
    ]);
  });

  test("it is empty", async () => {
    const empty = makeScripts({});
    const { status, stderr } = await runInit([`-scripts=${empty}`]);
    expect(status).toBe(3);
    expect(said(stderr)).toEqual([
      `init failed: no scripts in ${empty}: it is empty`,
      `cause: no scripts in ${empty}: it is empty (NoScripts)`,
      "fix: Check that the scripts are mounted there, or correct -scripts",
    ]);
  });

  test("it holds only what is no script", async () => {
    const scripts = makeScripts({ "README.md": file("", 0o644), ".hidden": file("", 0o644) });
    const { status, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(3);
    expect(said(stderr)).toEqual([
      `init failed: no scripts in ${scripts}: none of its 2 files is a script`,
      `cause: no scripts in ${scripts}: none of its 2 files is a script (NoScripts)`,
      "fix: Check that the scripts are mounted there, or correct -scripts",
    ]);
  });
});
