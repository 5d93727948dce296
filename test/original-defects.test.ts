/**
 * What the original init got wrong, one test each, told as a user would. Defects of its pod events
 * and its API calls are tested where those are.
 */
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { closingTable, said } from "./log.ts";
import { childrenOf, scriptsOf, isAlive, peakMemoryOf } from "./processes.ts";
import { runInit, runInShell, startInit } from "./run-init.ts";
import { file, fixture, linkTo, makeScripts, shell } from "./scripts-dir.ts";
import { temporaryDirectory } from "./temporary.ts";
import { waitFor } from "./wait-for.ts";

describe.concurrent("defects of the original init", () => {
  test("2: a background process that holds stdout blocked it until that ended", async () => {
    // The process would hold the run up for good: there is no deadline.
    const scripts = makeScripts({ "10-daemon": shell("sleep 1000000 &") });
    const { status } = await runInit([`-scripts=${scripts}`, "--timeout=0"]);
    expect(status).toBe(0);
  });

  test("3: it kept all output in memory", async () => {
    const flag = `${temporaryDirectory("flag")}/printed`;
    const scripts = makeScripts({
      "10-flood": shell(`yes | head -c 300000000; touch ${flag}; sleep 1000`),
    });
    const pid = `${temporaryDirectory("pid")}/pid`;
    const ended = runInShell(
      'echo $$ >"$PID"; exec "$0" "$@" >/dev/null 2>&1',
      [`-scripts=${scripts}`],
      { PID: pid },
    );
    await waitFor(() => existsSync(flag), "the flood's end");
    const init = Number(readFileSync(pid, "utf8"));
    expect(peakMemoryOf(init)).toBeGreaterThan(10_000);
    expect(peakMemoryOf(init)).toBeLessThan(150_000);
    process.kill(init, "SIGTERM");
    expect((await ended).status).toBe(143);
  });

  test("4: of several variables to pass on, only one survived", async () => {
    const scripts = makeScripts({
      "10-a": shell('echo "$ETCD_ENDPOINTS $DISABLE_TCMU $NODE_IMAGE $SCRIPT_NAME"'),
    });
    const { stdout } = await runInit([`-scripts=${scripts}`, "-nodeImage=node:1.0.0"], {
      env: { ETCD_ENDPOINTS: "a:2379,b:2379", DISABLE_TCMU: "1" },
    });
    expect(stdout.toString()).toBe("a:2379,b:2379 1 node:1.0.0 10-a\n");
  });

  test("5: a ConfigMap's scripts ran from their hidden copy, then it died on ..data", async () => {
    const version = "..2026_07_09_10_11_12.987654321";
    const scripts = makeScripts({
      [`${version}/10-a.sh`]: shell('echo "$SCRIPT_NAME"'),
      "..data": linkTo(version),
      "10-a.sh": linkTo("..data/10-a.sh"),
    });
    const { status, stdout } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(0);
    expect(stdout.toString()).toBe("10-a.sh\n");
  });

  test("6: a file that cannot run was found out only after others had run", async () => {
    const scripts = makeScripts({
      "10-a": shell("echo changed the host"),
      "20-data.sh": file("{}", 0o644),
    });
    const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(3);
    expect(stdout.toString()).toBe("");
    expect(said(stderr)[1]).toBe(
      `cause: cannot run ${scripts}/20-data.sh: it is not executable (mode 0644) (ScriptNotExecutable)`,
    );
  });

  test("6: hidden and backup files were run", async () => {
    const backup = shell("echo must not run; exit 1");
    const scripts = makeScripts({
      ".10-a.swp": backup,
      "10-a": shell("echo a"),
      "10-a~": backup,
      "10-a.bak": backup,
      "#10-a#": backup,
    });
    const { status, stdout } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(0);
    expect(stdout.toString()).toBe("a\n");
  });

  test("7: a script's exit status was lost", async () => {
    const log = `${temporaryDirectory("log")}/termination-log`;
    const scripts = makeScripts({ "10-a": fixture("exit-37.sh") });
    const { stderr } = await runInit([`-scripts=${scripts}`, `--termination-log=${log}`]);
    expect(closingTable(stderr)).toEqual([["10-a", "failed", "exit status 37"]]);
    expect(JSON.parse(readFileSync(log, "utf8").split("\n")[1] ?? "")).toMatchObject({
      status: 37,
    });
  });

  test("7: a script that hangs hung it for ever", async () => {
    const scripts = makeScripts({ "10-hangs": shell("sleep 1000") });
    const { status } = await runInit([`-scripts=${scripts}`, "--timeout=300ms"]);
    expect(status).toBe(4);
  });

  test("7: SIGTERM killed it and left the script and its children", async () => {
    const scripts = makeScripts({ "10-long": shell("sleep 1000 & echo ready; sleep 1000") });
    const run = startInit([`-scripts=${scripts}`]);
    await waitFor(() => run.stdout().includes("ready"), "the script");
    const [script = 0] = scriptsOf(run.pid);
    const family = [script, ...childrenOf(script)];
    run.kill("SIGTERM");
    expect((await run.ended).status).toBe(143);
    expect(family.length).toBeGreaterThan(1);
    expect(family.filter(isAlive)).toEqual([]);
  });

  test("7: there was no termination message", async () => {
    const log = `${temporaryDirectory("log")}/termination-log`;
    const scripts = makeScripts({ "10-lio": fixture("write-termination-message.sh") });
    await runInit([`-scripts=${scripts}`, `--termination-log=${log}`]);
    expect(readFileSync(log, "utf8")).toStartWith(
      "10-lio: The module tcm_loop is missing. Install linux-modules-extra-6.1.0\n",
    );
  });

  test("8: NODE_IMAGE in the environment was ignored", async () => {
    const scripts = makeScripts({ "10-a": shell('echo "$NODE_IMAGE"') });
    const { stdout } = await runInit([`-scripts=${scripts}`], {
      env: { NODE_IMAGE: "node:1.0.0" },
    });
    expect(stdout.toString()).toBe("node:1.0.0\n");
  });
});
