import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { said } from "../log.ts";
import { AS_PID_1, isRoot } from "../namespaces.ts";
import { childrenOf, stateOf } from "../processes.ts";
import { runInit, startInit } from "../run-init.ts";
import { fixture, makeScripts, shell } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";
import { waitFor } from "../wait-for.ts";

describe.concurrent.skipIf(!isRoot)("as PID 1 of a container (needs root)", () => {
  test("it runs scripts, and the host's root is its own", async () => {
    const scripts = makeScripts({ "10-a": shell('echo "$PPID $HOST_ROOT"') });
    const { status, stdout } = await runInit([`-scripts=${scripts}`], { wrap: AS_PID_1 });
    expect(status).toBe(0);
    expect(stdout.toString()).toBe("1 /\n");
  });

  for (const [signal, status] of [
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGHUP", 129],
  ] as const) {
    test(`${signal} reaches the script and ends the run`, async () => {
      const scripts = makeScripts({ "10-waits": fixture("wait-for-signal.sh") });
      const run = startInit([`-scripts=${scripts}`], { wrap: AS_PID_1 });
      await waitFor(() => run.stdout().includes("ready"), "the script");
      const [init = 0] = childrenOf(run.pid);
      process.kill(init, signal);
      const ended = await run.ended;
      expect(ended.stdout.toString()).toBe(`ready\ngot ${signal.slice(3)}\n`);
      expect(ended.status).toBe(status);
    });
  }

  test("it takes the exit status of orphans while scripts run: no zombies", async () => {
    const mayEnd = `${temporaryDirectory("go")}/go`;
    const pids = `${temporaryDirectory("pids")}/pids`;
    const scripts = makeScripts({ "10-orphans": fixture("zombie-orphans.sh") });
    const run = startInit([`-scripts=${scripts}`], {
      wrap: AS_PID_1,
      env: { MAY_END: mayEnd, PIDS: pids },
    });
    await waitFor(() => run.stdout().includes("ready"), "the orphans");
    const [init = 0] = childrenOf(run.pid);
    await waitFor(
      () => childrenOf(init).every((pid) => stateOf(pid) !== "Z"),
      "the orphans to be reaped",
    );
    expect(readFileSync(pids, "utf8").trim().split("\n")).toHaveLength(3);
    writeFileSync(mayEnd, "");
    expect((await run.ended).status).toBe(0);
  });

  test("a daemon that escaped with setsid gets SIGTERM and time to end", async () => {
    const witness = `${temporaryDirectory("witness")}/witness`;
    const scripts = makeScripts({
      "10-daemon": shell(
        `(setsid sh -c 'trap "sleep 0.3; touch ${witness}; exit" TERM; touch ${witness}.ready; while :; do sleep 0.05; done' >/dev/null 2>&1 &)
while [ ! -e ${witness}.ready ]; do sleep 0.02; done`,
      ),
    });
    const { status, stderr } = await runInit([`-scripts=${scripts}`], { wrap: AS_PID_1 });
    expect(status).toBe(0);
    expect(existsSync(witness)).toBe(true);
    expect(said(stderr).join("\n")).toContain("ended a process that a script left behind: pid");
  });
});
