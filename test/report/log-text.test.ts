import { describe, expect, test } from "bun:test";
import { closingTable, said } from "../log.ts";
import { INIT, runInit } from "../run-init.ts";
import { fixture, makeScripts, shell, type Entry } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";

const ESCAPE = "\u001b[";

/** What a person sees who runs init on a terminal, from script(1). */
function onTerminal(env: Readonly<Record<string, string>>): string {
  const scripts = makeScripts({
    "10-warns": fixture("exit-37.sh", "on-failure=warn"),
    "20-fails": fixture("exit-37.sh"),
  });
  const command = `"${INIT}" -scripts=${scripts} --state-dir=${temporaryDirectory("state")}`;
  const run = Bun.spawnSync(["script", "-qec", command, "/dev/null"], {
    env: { PATH: process.env["PATH"] ?? "", TERM: "xterm", ...env },
  });
  expect(run.exitCode).toBe(1);
  return run.stdout.toString();
}

describe.concurrent("the text log", () => {
  test("is coloured on a terminal: failures red, warnings yellow", () => {
    const seen = onTerminal({});
    expect(seen).toContain(`${ESCAPE}31minit failed: script "`);
    expect(seen).toContain(`${ESCAPE}33mwarning: script "`);
    expect(seen).toContain("about to fail\r\n");
  });

  test("is not coloured with NO_COLOR, nor on a dumb terminal", () => {
    expect(onTerminal({ NO_COLOR: "1" })).not.toContain(ESCAPE);
    expect(onTerminal({ TERM: "dumb" })).not.toContain(ESCAPE);
    expect(onTerminal({ NO_COLOR: "" })).toContain(ESCAPE);
  });

  test("is not coloured in a pipe, as a container's log is", async () => {
    const scripts = makeScripts({ "10-fails": fixture("exit-37.sh") });
    const { stderr } = await runInit([`-scripts=${scripts}`], {
      env: { TERM: "xterm-256color", FORCE_COLOR: "1", CLICOLOR_FORCE: "1" },
    });
    expect(stderr.toString()).not.toContain(ESCAPE);
  });

  test("does not let a script's last words move the cursor or break the line", async () => {
    const scripts = makeScripts({
      "10-a": shell(
        String.raw`printf '\033[2J\033[31mboo\033[0m\r\033]0;title\a hoo\n' >&2; exit 1`,
      ),
    });
    const { stderr } = await runInit([`-scripts=${scripts}`]);
    expect(said(stderr)).toContain("cause: exit status 1; printed last: hoo (ScriptFailed)");
  });

  test("says which scripts were left out for this node's version", async () => {
    const scripts = makeScripts({
      "10-old": shell("exit 1", 'node-image="<1.4.0"'),
      "20-new": shell("echo new", 'node-image=">=1.4.0"'),
    });
    const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`, "-nodeImage=n:1.4.0"]);
    expect(status).toBe(0);
    expect(stdout.toString()).toBe("new\n");
    expect(said(stderr)).toContain(
      "skipped: 10-old: node version 1.4.0 is not in its range <1.4.0",
    );
    expect(closingTable(stderr)).toEqual([
      ["10-old", "skipped", "node version 1.4.0 is not in its range <1.4.0"],
      ["20-new", "passed"],
    ]);
  });

  test("ends with a table of all scripts, up to 40", async () => {
    const names = Array.from({ length: 40 }, (_, index) => String(index + 10));
    const scripts = makeScripts(Object.fromEntries(names.map((name) => [name, shell(":")])));
    const { stderr } = await runInit([`-scripts=${scripts}`]);
    expect(closingTable(stderr)).toEqual(names.map((name) => [name, "passed"]));
  });

  test("ends with an overview of many scripts: what did not pass, and the counts", async () => {
    const entries: Record<string, Entry> = {};
    for (let index = 10; index < 60; index++) entries[`${index}`] = shell(":");
    const scripts = makeScripts({
      ...entries,
      "30": shell("exit 2", "on-failure=warn"),
      "58": shell("exit 3"),
    });
    const { stderr } = await runInit([`-scripts=${scripts}`]);
    const lines = stderr.toString().trimEnd().split("\n");
    expect(lines.at(-1)).toEndWith(" 1 failed, 1 warned, 47 passed, 1 not run");
    expect(closingTable(stderr)).toEqual([
      ["30", "warned", "exit status 2"],
      ["58", "failed", "exit status 3"],
    ]);
  });
});
