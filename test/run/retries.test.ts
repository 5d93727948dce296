import { describe, expect, test } from "bun:test";
import { closingTable, said } from "../log.ts";
import { runInit } from "../run-init.ts";
import { makeScripts, shell } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";

/** Fails until it has run so many times. */
function passesAt(attempt: number, settings: string): ReturnType<typeof shell> {
  const counter = `${temporaryDirectory("counter")}/runs`;
  return shell(
    `echo run >>${counter}; echo "run $(wc -l <${counter})"; [ $(wc -l <${counter}) -ge ${attempt} ]`,
    settings,
  );
}

describe.concurrent("retries", () => {
  test("a script runs again until it passes, after a delay that doubles", async () => {
    const scripts = makeScripts({ "10-flaky": passesAt(4, "retries=5 retry-delay=20ms") });
    const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(0);
    expect(stdout.toString()).toBe("run 1\nrun 2\nrun 3\nrun 4\n");
    const path = `${scripts}/10-flaky`;
    expect(said(stderr).slice(1, -1)).toEqual([
      `exec: ${path}`,
      `${path}: exit status 1; retrying in 20ms, 5 retries left`,
      `exec: ${path} (attempt 2)`,
      `${path}: exit status 1; retrying in 40ms, 4 retries left`,
      `exec: ${path} (attempt 3)`,
      `${path}: exit status 1; retrying in 80ms, 3 retries left`,
      `exec: ${path} (attempt 4)`,
    ]);
    expect(closingTable(stderr)).toEqual([["10-flaky", "passed", "4 attempts"]]);
  });

  test("one that never passes has one outcome, and its last failure is told", async () => {
    const scripts = makeScripts({ "10-never": passesAt(9, "retries=2 retry-delay=0") });
    const { status, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(1);
    expect(said(stderr).at(-4)).toBe(
      `init failed: script "${scripts}/10-never" failed: exit status 1`,
    );
    expect(closingTable(stderr)).toEqual([["10-never", "failed", "exit status 1, 3 attempts"]]);
  });

  test("each attempt has its own deadline", async () => {
    const scripts = makeScripts({
      "10-hangs": shell("echo run; exec sleep 1000", "retries=1 retry-delay=0 timeout=4s"),
    });
    const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(4);
    expect(stdout.toString()).toBe("run\nrun\n");
    expect(said(stderr)[2]).toBe(
      `${scripts}/10-hangs: timed out: its timeout of 4s passed; retrying in 0ms, 1 retry left`,
    );
  });

  test("a script killed by a signal is retried, and only the last message counts", async () => {
    const counter = `${temporaryDirectory("counter")}/runs`;
    const scripts = makeScripts({
      "10-dies": shell(
        `if [ ! -e ${counter} ]; then touch ${counter}; echo first >"$TERMINATION_MESSAGE_PATH"; kill -KILL $$; fi\nexit 3`,
        "retries=1 retry-delay=0",
      ),
    });
    const { status, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(1);
    expect(said(stderr)).toContain(
      `${scripts}/10-dies: killed by SIGKILL; retrying in 0ms, 1 retry left`,
    );
    expect(said(stderr)).toContain("cause: exit status 3; it printed nothing (ScriptFailed)");
  });
});
