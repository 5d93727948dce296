import { describe, expect, test } from "bun:test";
import { machineCode } from "../machine-code.ts";
import { closingTable, said, timeless } from "../log.ts";
import { isRoot } from "../namespaces.ts";
import { runInit } from "../run-init.ts";
import { file, fixture, makeScripts, shell } from "../scripts-dir.ts";

const NO_LOADER = "the interpreter or loader that it names was not found (ENOENT)";
const REMOVED = "it was removed after the run had begun (ENOENT)";

describe.concurrent("how a script ends", () => {
  test("a run that prepares the node says so, step by step", async () => {
    const scripts = makeScripts({ "10-a": shell("echo a"), "20-d/b": shell("echo b >&2") });
    const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(0);
    expect(stdout.toString()).toBe("a\n");
    const [first, exec, exec2, output, ...table] = timeless(stderr).split("\n");
    expect([first, exec, exec2, output]).toEqual([
      `T scripts: [${scripts}/10-a ${scripts}/20-d/b]`,
      `T exec: ${scripts}/10-a`,
      `T exec: ${scripts}/20-d/b`,
      "b",
    ]);
    expect(table.at(-2)).toMatch(/^T prepared: 2 scripts in [\d.]+m?s$/);
    expect(table[0]).toMatch(/^SCRIPT  OUTCOME  DURATION$/);
    expect(closingTable(stderr)).toEqual([
      ["10-a", "passed"],
      ["20-d/b", "passed"],
    ]);
  });

  test("exit status 37: told with the script's last words; nothing further runs", async () => {
    const scripts = makeScripts({ "10-fails": fixture("exit-37.sh"), "20-next": shell("echo no") });
    const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(1);
    expect(stdout.toString()).toBe("about to fail\n");
    expect(said(stderr).slice(2)).toEqual([
      `init failed: script "${scripts}/10-fails" failed: exit status 37`,
      "cause: exit status 37: the disk is on fire (ScriptFailed)",
      "fix: see the output above",
      "1 failed, 1 not run",
    ]);
    expect(closingTable(stderr)).toEqual([["10-fails", "failed", "exit status 37"]]);
  });

  test("what a script writes to TERMINATION_MESSAGE_PATH is its cause and fix", async () => {
    const scripts = makeScripts({ "10-lio": fixture("write-termination-message.sh") });
    const { stderr } = await runInit([`-scripts=${scripts}`]);
    expect(said(stderr).slice(2)).toEqual([
      `init failed: script "${scripts}/10-lio" failed: exit status 1`,
      "cause: The module tcm_loop is missing (ScriptFailed)",
      "fix: Install linux-modules-extra-6.1.0",
      "1 failed",
    ]);
  });

  for (const [name, left] of [
    ["a directory", 'mkdir "$TERMINATION_MESSAGE_PATH"'],
    ["a FIFO", 'mkfifo "$TERMINATION_MESSAGE_PATH"'],
    ["a link to /dev/zero", 'ln -s /dev/zero "$TERMINATION_MESSAGE_PATH"'],
  ] as const) {
    test(`a script that leaves ${name} at TERMINATION_MESSAGE_PATH does no harm`, async () => {
      const scripts = makeScripts({ "10-odd": shell(`${left}\necho why >&2; exit 1`) });
      const { status, stderr } = await runInit([`-scripts=${scripts}`]);
      expect(status).toBe(1);
      expect(said(stderr)).toContain("cause: exit status 1; printed last: why (ScriptFailed)");
    });
  }

  test.skipIf(!isRoot)(
    "a script that mounts something where its message belongs does no harm (needs root)",
    async () => {
      const scripts = makeScripts({
        "10-odd": shell(
          'mkdir "$TERMINATION_MESSAGE_PATH" && mount -t tmpfs tmpfs "$TERMINATION_MESSAGE_PATH"',
        ),
      });
      const { status, stderr } = await runInit([`-scripts=${scripts}`], {
        wrap: ["unshare", "--mount"],
        mayLeave: true,
      });
      expect(said(stderr).at(-1)).toStartWith("prepared: 1 script in ");
      expect(status).toBe(0);
    },
  );

  for (const [exit, code, fix] of [
    [
      127,
      "CommandNotFound",
      "A command it runs was not found: install it in the image, or correct its PATH",
    ],
    [126, "CommandNotExecutable", "A command it runs is not executable: correct its mode"],
    [
      255,
      "ScriptFailed",
      "Run it with a trace to see the command that failed: set -x in its second line (sh, bash)",
    ],
  ] as const) {
    test(`exit status ${exit} has its own fix`, async () => {
      const { status, stderr } = await runInit([
        `-scripts=${makeScripts({ "10-x": shell(`exit ${exit}`) })}`,
      ]);
      expect(status).toBe(1);
      expect(said(stderr)).toContain(`cause: exit status ${exit}; it printed nothing (${code})`);
      expect(said(stderr)).toContain(`fix: ${fix}`);
    });
  }

  test("killed by a signal", async () => {
    const scripts = makeScripts({ "10-dies": fixture("kill-itself.sh") });
    const { status, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(1);
    expect(said(stderr).slice(2)).toEqual([
      `init failed: script "${scripts}/10-dies" failed: killed by SIGKILL`,
      "cause: killed by SIGKILL (ScriptKilled)",
      "fix: Look for the OOM killer in the node's kernel log, and raise the container's memory limit",
      "1 failed",
    ]);
  });

  test("killed by a signal that has no name", async () => {
    const scripts = makeScripts({ "10-dies": file("#!/bin/bash\nkill -40 $$\n", 0o755) });
    const { status, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(1);
    expect(said(stderr)).toContain("cause: killed by signal 40 (ScriptKilled)");
  });

  test.skipIf(process.arch !== "x64")("a program that segfaults", async () => {
    const scripts = makeScripts({ segfault: file(machineCode.segfault, 0o755) });
    const { status, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(1);
    expect(said(stderr).slice(2)).toEqual([
      `init failed: script "${scripts}/segfault" failed: killed by SIGSEGV`,
      "cause: killed by SIGSEGV (ScriptKilled)",
      expect.stringMatching(/^fix: .*kernel log/),
      "1 failed",
    ]);
  });

  test.skipIf(process.arch !== "x64")("a program without a shebang: machine code", async () => {
    const scripts = makeScripts({ quiet: file(machineCode.exit0, 0o755) });
    const { status, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(0);
    expect(closingTable(stderr)).toEqual([["quiet", "passed"]]);
  });

  for (const [name, content, why, fix] of [
    [
      "machine code for another CPU",
      machineCode.otherCpu,
      "the kernel does not know its format (ENOEXEC)",
      "Build it for the CPU architecture of this node, or copy it again: it may be damaged",
    ],
    [
      "machine code whose loader is missing",
      machineCode.missingLoader,
      NO_LOADER,
      "Install the interpreter or loader that it names in the image",
    ],
  ] as const) {
    test(name, async () => {
      const scripts = makeScripts({ "10-a": shell(":"), "20-alien": file(content, 0o755) });
      const { status, stderr } = await runInit([`-scripts=${scripts}`]);
      expect(status).toBe(1);
      expect(said(stderr).slice(3)).toEqual([
        `init failed: script "${scripts}/20-alien" failed: cannot start it: ${why}`,
        `cause: cannot start it: ${why} (ScriptNotStarted)`,
        `fix: ${fix}`,
        "1 failed, 1 passed",
      ]);
    });
  }

  test("a script that deletes itself", async () => {
    const scripts = makeScripts({
      "10-gone": fixture("delete-itself.sh"),
      "20-b": shell("echo b"),
    });
    const { status, stdout } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(0);
    expect(stdout.toString()).toBe("deleted itself\nb\n");
  });

  test("a script that deletes the next one", async () => {
    const scripts = makeScripts({ "10-a": fixture("delete-next.sh"), "20-gone": shell("echo no") });
    const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(1);
    expect(stdout.toString()).toBe("");
    expect(said(stderr).at(-4)).toBe(
      `init failed: script "${scripts}/20-gone" failed: cannot start it: ${REMOVED}`,
    );
  });

  test("on-failure=warn: told, and the run goes on", async () => {
    const scripts = makeScripts({
      "10-warns": fixture("exit-37.sh", "on-failure=warn"),
      "20-next": shell("echo next"),
    });
    const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(0);
    expect(stdout.toString()).toBe("about to fail\nnext\n");
    expect(said(stderr).slice(2, 5)).toEqual([
      `warning: script "${scripts}/10-warns" failed: exit status 37; continuing`,
      "cause: exit status 37: the disk is on fire (ScriptFailed)",
      "fix: see the output above",
    ]);
    expect(said(stderr).at(-1)).toMatch(/^prepared with 1 warning: 2 scripts in /);
    expect(closingTable(stderr)).toEqual([
      ["10-warns", "warned", "exit status 37"],
      ["20-next", "passed"],
    ]);
  });

  test("a script that passes and leaves a message warns", async () => {
    const warning = 'echo "only 2 cores. Give it 4." >"$TERMINATION_MESSAGE_PATH"';
    const scripts = makeScripts({ "10-check": shell(warning), "20-next": shell("echo next") });
    const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`]);
    expect({ status, stdout: stdout.toString() }).toEqual({ status: 0, stdout: "next\n" });
    expect(said(stderr).slice(2, 4)).toEqual([
      `warning: script "${scripts}/10-check" passed with a warning; continuing`,
      "cause: only 2 cores. Give it 4. (ScriptWarned)",
    ]);
    expect(closingTable(stderr)[0]).toEqual(["10-check", "warned", "passed with a warning"]);
  });

  test("a script's closing of its outputs does not end it", async () => {
    const scripts = makeScripts({
      "10-half": fixture("close-stdout.sh"),
      "20-both": fixture("close-both-and-work-on.sh"),
    });
    const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(1);
    expect(stdout.toString()).toBe("before\n");
    expect(stderr.toString()).toContain("still here\n");
    expect(said(stderr)).toContain("cause: exit status 5; it printed nothing (ScriptFailed)");
  });
});
