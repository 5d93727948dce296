import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { said } from "../log.ts";
import { stateOf } from "../processes.ts";
import { runInit, startInit } from "../run-init.ts";
import { fixture, makeScripts, shell } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";
import { waitFor } from "../wait-for.ts";

describe.concurrent("processes that a script leaves behind", () => {
  test("a daemon that holds stdout does not hold the run up, and is ended with its script", async () => {
    const scripts = makeScripts({
      "10-daemon": fixture("daemon-holds-stdout.sh"),
      "20-next": shell("echo next"),
    });
    const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(0);
    expect(stdout.toString()).toBe("started a daemon\nnext\n");
    const lines = said(stderr);
    expect(lines[2]).toMatch(/^ended a process that a script left behind: pid \d+ \(sleep 1000\)$/);
    expect(lines[3]).toBe(`exec: ${scripts}/20-next`);
    expect(lines[4]).toStartWith("prepared: 2 scripts");
  });

  test("what one prints at once after its script has ended is taken", async () => {
    const scripts = makeScripts({
      "10-late": shell("(while [ -d /proc/$$ ]; do :; done; echo late) & echo early"),
    });
    const { status, stdout } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(0);
    expect(stdout.toString()).toBe("early\nlate\n");
  });

  test("one that floods for ever does not hold the run up", async () => {
    const scripts = makeScripts({
      "10-flood": shell("yes & echo done"),
      "20-next": shell("exit 7"),
    });
    const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(1);
    expect(stdout.toString()).toContain("y\ny\n");
    expect(said(stderr).join("\n")).toContain("cause: exit status 7");
  });

  test("one that would keep running is ended before the next script starts", async () => {
    const pid = `${temporaryDirectory("pid")}/pid`;
    const scripts = makeScripts({
      "10-daemon": shell(`sleep 1000 >/dev/null 2>&1 & echo $! >${pid}`),
      "20-next": shell(`kill -0 $(cat ${pid}) 2>/dev/null || echo it has ended`),
    });
    const { status, stdout } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(0);
    expect(stdout.toString()).toBe("it has ended\n");
  });

  test("an orphan that escaped with setsid is ended with the run", async () => {
    const scripts = makeScripts({ "10-orphan": fixture("orphan-setsid.sh") });
    const { status, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(0);
    expect(said(stderr)[2]).toMatch(
      /^ended a process that a script left behind: pid \d+ \(sleep 1000\)$/,
    );
  });

  test("an orphan that escaped with setsid and ignores SIGTERM dies of SIGKILL", async () => {
    const scripts = makeScripts({ "10-orphan": fixture("orphan-ignores-sigterm.sh") });
    const { status, stderr } = await runInit([`-scripts=${scripts}`, "--grace=200ms"]);
    expect(status).toBe(0);
    expect(said(stderr).join("\n")).toContain("ended a process that a script left behind: pid");
  });

  test("also when the script failed", async () => {
    const scripts = makeScripts({ "10-fails": shell("setsid sleep 1000 & exit 1") });
    const { status, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(1);
    expect(said(stderr).join("\n")).toContain("(sleep 1000)");
  });

  test("orphans that die while a script runs do not stay as zombies", async () => {
    const mayEnd = `${temporaryDirectory("go")}/go`;
    const pids = `${temporaryDirectory("pids")}/pids`;
    const scripts = makeScripts({
      "10-orphans": fixture("zombie-orphans.sh"),
    });
    const run = startInit([`-scripts=${scripts}`], { env: { MAY_END: mayEnd, PIDS: pids } });
    await waitFor(() => run.stdout().includes("ready"), "the orphans");
    const orphans = readFileSync(pids, "utf8").trim().split("\n").map(Number);
    expect(orphans).toHaveLength(3);
    await waitFor(() => orphans.every((pid) => stateOf(pid) === undefined), "the orphans' end");
    writeFileSync(mayEnd, "");
    expect((await run.ended).status).toBe(0);
  });
});
