import { describe, expect, test } from "bun:test";
import { closingTable, said } from "../log.ts";
import { startInit } from "../run-init.ts";
import { fixture, makeScripts, shell } from "../scripts-dir.ts";
import { waitFor } from "../wait-for.ts";

describe.concurrent("signals", () => {
  for (const [signal, number] of [
    ["SIGTERM", 15],
    ["SIGINT", 2],
    ["SIGHUP", 1],
    ["SIGQUIT", 3],
  ] as const) {
    test(`${signal} is passed on to the script and ends the run with ${128 + number}`, async () => {
      const scripts = makeScripts({
        "10-waits": fixture("wait-for-signal.sh"),
        "20-next": shell("echo no"),
      });
      const run = startInit([`-scripts=${scripts}`]);
      await waitFor(() => run.stdout().includes("ready"), "the script");
      run.kill(signal);
      const { status, stdout, stderr } = await run.ended;
      expect(status).toBe(128 + number);
      expect(stdout.toString()).toBe(`ready\ngot ${signal.slice(3)}\n`);
      expect(said(stderr).slice(-4)).toEqual([
        expect.stringMatching(new RegExp(`^init failed: ended by ${signal} after \\S+$`)),
        `cause: ended by ${signal} before all scripts had run (RunStopped)`,
        expect.stringMatching(/^fix: Nothing, if the pod was deleted/),
        "1 interrupted, 1 not run",
      ]);
      expect(closingTable(stderr)).toEqual([["10-waits", "cancelled", `ended by ${signal}`]]);
    });
  }

  test("a script that ignores SIGTERM dies of SIGKILL after the grace, and so does its child", async () => {
    const scripts = makeScripts({ "10-stubborn": fixture("ignore-sigterm.sh") });
    const run = startInit([`-scripts=${scripts}`, "--grace=300ms"]);
    await waitFor(() => run.stdout().includes("ready"), "the script");
    run.kill("SIGTERM");
    expect((await run.ended).status).toBe(143);
  });

  test("a second Ctrl-C does not wait for the grace", async () => {
    const scripts = makeScripts({ "10-stubborn": fixture("ignore-sigterm.sh") });
    const run = startInit([`-scripts=${scripts}`, "--grace=1h"]);
    await waitFor(() => run.stdout().includes("ready"), "the script");
    run.kill("SIGINT");
    // Signals that come too close together are one.
    const again = setInterval(() => run.kill("SIGINT"), 200);
    const { status } = await run.ended;
    clearInterval(again);
    expect(status).toBe(130);
  });

  test("a signal during the wait for a retry ends the run at once", async () => {
    const scripts = makeScripts({ "10-fails": shell("exit 9", "retries=1 retry-delay=1h") });
    const run = startInit([`-scripts=${scripts}`]);
    await waitFor(() => run.stderr().includes("retrying in 1h"), "the retry");
    run.kill("SIGTERM");
    const { status, stderr } = await run.ended;
    expect(status).toBe(143);
    expect(closingTable(stderr)).toEqual([["10-fails", "failed", "exit status 9"]]);
  });

  test("a signal while leftovers are being ended does not leave them", async () => {
    const scripts = makeScripts({ "10-orphan": fixture("orphan-ignores-sigterm.sh") });
    const run = startInit([`-scripts=${scripts}`, "--grace=2s"]);
    await waitFor(() => run.stderr().includes("exec:"), "the script");
    run.kill("SIGTERM");
    expect([0, 143]).toContain((await run.ended).status ?? -1);
  });

  test("checks side by side are all ended", async () => {
    const scripts = makeScripts({
      "10-a": fixture("wait-for-signal.sh", "kind=check"),
      "11-b": shell("exec sleep 1000", "kind=check"),
      "12-c": shell("exec sleep 1000", "kind=check"),
    });
    const run = startInit([`-scripts=${scripts}`, "--jobs=2"]);
    await waitFor(() => run.stdout().includes("ready"), "the first check");
    run.kill("SIGTERM");
    const { status, stdout, stderr } = await run.ended;
    expect(status).toBe(143);
    expect(stdout.toString()).toBe("ready\ngot TERM\n");
    expect(closingTable(stderr)).toEqual([
      ["10-a", "cancelled", "ended by SIGTERM"],
      ["11-b", "cancelled", "ended by SIGTERM"],
    ]);
  });
});
