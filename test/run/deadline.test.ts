import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { closingTable, said } from "../log.ts";
import { isAlive } from "../processes.ts";
import { runInit, startInit } from "../run-init.ts";
import { fixture, makeScripts, shell } from "../scripts-dir.ts";
import { waitFor } from "../wait-for.ts";

const FIX =
  "fix: Find what it waits for, or give it more time: # init: timeout=… in the script, or --timeout";

describe.concurrent("deadlines", () => {
  test("a script's own deadline: SIGTERM, and nothing further runs", async () => {
    const scripts = makeScripts({
      "10-waits": fixture("wait-for-signal.sh", "timeout=3s"),
      "20-next": shell("echo no"),
    });
    const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(4);
    expect(stdout.toString()).toBe("ready\ngot TERM\n");
    const timedOut = "timed out: its timeout of 3s passed";
    const [failed, cause, fix] = said(stderr).slice(2);
    expect(failed).toBe(`init failed: script "${scripts}/10-waits" failed: ${timedOut}`);
    expect(cause).toStartWith(`cause: ${timedOut}`);
    expect(fix).toBe(FIX);
    expect(closingTable(stderr)).toEqual([["10-waits", "timed-out", timedOut]]);
  });

  test("--timeout is the deadline of a script that sets none; a script's own wins", async () => {
    const scripts = makeScripts({
      "10-own": shell("sleep 0.5", "timeout=1m"),
      "20-none": shell("sleep 0.5", "timeout=0"),
      "30-waits": shell("exec sleep 1000"),
    });
    const { status, stderr } = await runInit([`-scripts=${scripts}`, "--timeout=200ms"]);
    expect(status).toBe(4);
    expect(said(stderr)).toContain(
      "cause: timed out: its timeout of 200ms passed (ScriptTimedOut)",
    );
    expect(closingTable(stderr).map(([, outcome]) => outcome)).toEqual([
      "passed",
      "passed",
      "timed-out",
    ]);
  });

  test("a script that ignores SIGTERM dies of SIGKILL after the grace", async () => {
    const scripts = makeScripts({ "10-stubborn": fixture("ignore-sigterm.sh", "timeout=3s") });
    const { status, stderr } = await runInit([`-scripts=${scripts}`, "--grace=200ms"]);
    expect(status).toBe(4);
    expect(said(stderr)).toContain(
      "cause: timed out: its timeout of 3s passed; printed last: ready (ScriptTimedOut)",
    );
  });

  test("the whole process group is ended, also a child that ignores SIGTERM", async () => {
    const scripts = makeScripts({
      "10-group": shell(
        "(trap '' TERM; while :; do sleep 0.1; done) & sleep 1000",
        "timeout=300ms",
      ),
      "20-next": shell("echo no"),
    });
    const { status, stderr } = await runInit([`-scripts=${scripts}`, "--grace=200ms"]);
    expect(status).toBe(4);
    // It was ended with its group: at the end of the run nothing was left behind.
    expect(said(stderr).join("\n")).not.toContain("left behind");
  });

  test("every process of the group gets SIGTERM and the grace", async () => {
    const scripts = makeScripts({
      "10-group": shell(
        `(trap 'echo the child got TERM; exit' TERM; echo ready; while :; do sleep 0.05; done) &
trap 'wait; exit' TERM; wait`,
        "timeout=3s",
      ),
    });
    const { stdout } = await runInit([`-scripts=${scripts}`]);
    expect(stdout.toString()).toBe("ready\nthe child got TERM\n");
  });

  test("what it prints while it is being ended is taken", async () => {
    const scripts = makeScripts({
      "10-last-words": shell(
        "trap 'echo last words; exit 0' TERM; while :; do sleep 0.05; done",
        "timeout=3s",
      ),
    });
    const { status, stdout } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(4);
    expect(stdout.toString()).toBe("last words\n");
  });

  test("on-failure=warn: a script that times out only warns", async () => {
    const scripts = makeScripts({
      "10-warns": shell("exec sleep 1000", "timeout=200ms on-failure=warn"),
      "20-next": shell("echo next"),
    });
    const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(0);
    expect(stdout.toString()).toBe("next\n");
    expect(said(stderr)[2]).toBe(
      `warning: script "${scripts}/10-warns" failed: timed out: its timeout of 200ms passed; continuing`,
    );
  });

  test("the whole run's deadline ends the script that runs, whatever it ignores", async () => {
    const scripts = makeScripts({
      "10-quick": shell("echo quick"),
      "20-stubborn": fixture("ignore-sigterm.sh", "timeout=0 on-failure=warn retries=3"),
      "30-next": shell("echo no"),
    });
    const { status, stdout, stderr } = await runInit([
      `-scripts=${scripts}`,
      "--total-timeout=4s",
      "--grace=200ms",
    ]);
    expect(status).toBe(4);
    expect(stdout.toString()).toBe("quick\nready\n");
    const timedOut = "timed out: the run's timeout of 4s passed";
    expect(said(stderr).slice(3)).toEqual([
      `init failed: script "${scripts}/20-stubborn" failed: ${timedOut}`,
      `cause: ${timedOut}; printed last: ready (RunTimedOut)`,
      "fix: Find what it waits for, or raise --total-timeout",
      "1 timed-out, 1 passed, 1 not run",
    ]);
    expect(closingTable(stderr)).toEqual([
      ["10-quick", "passed"],
      ["20-stubborn", "timed-out", timedOut],
    ]);
  });

  test("the whole run's deadline passes while a retry is waited for", async () => {
    const scripts = makeScripts({ "10-fails": shell("exit 1", "retries=3 retry-delay=1h") });
    const { status } = await runInit([`-scripts=${scripts}`, "--total-timeout=6s"]);
    expect(status).toBe(1);
  });

  const freezers = "/sys/fs/cgroup/freezer";
  const canFreeze = process.getuid?.() === 0 && existsSync(`${freezers}/cgroup.procs`);
  test.skipIf(!canFreeze)(
    "a process that cannot die is told, and not waited for (needs root and a cgroup v1 freezer)",
    async () => {
      const freezer = `${freezers}/init-test-${process.pid}`;
      mkdirSync(freezer);
      const scripts = makeScripts({ "10-frozen": fixture("frozen.sh", "timeout=4s") });
      const run = startInit([`-scripts=${scripts}`, "--grace=100ms"], {
        env: { FREEZER: freezer },
        mayLeave: true,
      });
      const { status, stderr } = await run.ended;
      const [pid = 0] = readFileSync(`${freezer}/cgroup.procs`, "utf8").split("\n").map(Number);
      expect(isAlive(pid)).toBe(true);
      writeFileSync(`${freezer}/freezer.state`, "THAWED");
      await waitFor(() => !isAlive(pid), "the thawed process to die of its SIGKILL");
      await waitFor(
        () => readFileSync(`${freezer}/cgroup.procs`, "utf8") === "",
        "an empty cgroup",
      );
      rmdirSync(freezer);
      expect(status).toBe(4);
      const timedOut =
        "timed out: its timeout of 4s passed, and even SIGKILL did not end it (it may hang in the kernel on a disk or a mount)";
      expect(said(stderr)).toContain(`cause: ${timedOut} (ScriptTimedOut)`);
      expect(said(stderr).join("\n")).toMatch(
        /^cannot end a process that a script left behind: pid \d+ \(\/bin\/sh .*\/10-frozen\) did not die of SIGKILL$/m,
      );
    },
  );
});
