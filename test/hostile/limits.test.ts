import { describe, expect, test } from "bun:test";
import { closeSync, copyFileSync, openSync } from "node:fs";
import { said } from "../log.ts";
import { runInit, startInit, type Ended } from "../run-init.ts";
import { makeScripts, shell, type Entry } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";
import { waitFor } from "../wait-for.ts";

/** Starts init with a limit of the shell, as `ulimit -n 20`. */
function limited(limit: string): readonly string[] {
  return ["bash", "-c", `${limit} && exec "$@"`, "bash"];
}

function checks(amount: number, body: string): Readonly<Record<string, Entry>> {
  const entries = Array.from({ length: amount }, (_, index) => [
    `${100 + index}-check`,
    shell(body, "kind=check"),
  ]);
  return Object.fromEntries(entries) as Record<string, Entry>;
}

/** The lines `cause:` and `fix:` of a run. */
function causeAndFix({ stderr }: Ended): readonly (string | undefined)[] {
  const lines = said(stderr);
  return ["cause: ", "fix: "].map((word) => lines.find((line) => line.startsWith(word)));
}

describe.concurrent("limits of the container", () => {
  for (const files of [20, 40, 64]) {
    test(`many parallel checks with ${files} open files: fewer at once`, async () => {
      const scripts = makeScripts(checks(40, "sleep 0.05; echo ran"));
      const { status, stdout } = await runInit([`-scripts=${scripts}`, "--jobs=40"], {
        wrap: limited(`ulimit -n ${files}`),
      });
      expect({ status, lines: stdout.toString().split("ran\n").length - 1 }).toEqual({
        status: 0,
        lines: 40,
      });
    });
  }

  test("too few open files to start a script: cause and fix", async () => {
    const scripts = makeScripts({ "10-a": shell("echo ran") });
    const run = await runInit([`-scripts=${scripts}`], { wrap: limited("ulimit -n 10") });
    expect(run.status).toBe(1);
    expect(causeAndFix(run)).toEqual([
      "cause: cannot start it: init has too many files open (EMFILE) (FileLimitReached)",
      "fix: Raise the limit of open files (ulimit -n; LimitNOFILE of the container runtime's service)",
    ]);
  });

  test("an environment that is too large for the kernel", async () => {
    const scripts = makeScripts({ "10-a": shell("echo ran") });
    const run = await runInit([`-scripts=${scripts}`], {
      env: Object.fromEntries(
        Array.from({ length: 15 }, (_, index) => [`V${index}`, "x".repeat(130_000)]),
      ),
      wrap: limited("ulimit -S -s 8192"),
    });
    // init itself got less: its own variables come on top.
    if (run.status === 0) return;
    expect(causeAndFix(run)[0]).toContain("its environment is too large (E2BIG)");
  });

  test("a parent that ignores SIGCHLD", async () => {
    const scripts = makeScripts({
      "10-a": shell("sh -c 'exit 3' & wait $!; echo $?"),
      "20-b": shell("exit 5"),
    });
    const run = await runInit(
      [`-scripts=${scripts}`, `-state-dir=${temporaryDirectory("state")}`],
      {
        wrap: limited("trap '' CHLD"),
      },
    );
    expect({ status: run.status, stdout: run.stdout.toString() }).toEqual({
      status: 1,
      stdout: "3\n",
    });
    expect(causeAndFix(run)[0]).toContain("cause: exit status 5");
  });

  test("a parent that blocks and ignores other signals", async () => {
    const scripts = makeScripts({ "10-a": shell("echo ready; exec sleep 1000") });
    const run = startInit([`-scripts=${scripts}`], {
      wrap: ["env", "--ignore-signal=TERM,HUP,PIPE", "--block-signal=CHLD,TERM,INT"],
    });
    await waitFor(() => run.stdout().includes("ready"), "the script");
    run.kill("SIGTERM");
    expect((await run.ended).status).toBe(143);
  });

  test("a script that somebody still writes is waited for, and not for ever", async () => {
    const scripts = makeScripts({ "10-a": shell("exit 0") });
    copyFileSync("/bin/true", `${scripts}/10-a`);
    const writer = openSync(`${scripts}/10-a`, "a");
    const run = await runInit([`-scripts=${scripts}`]);
    expect(run.status).toBe(1);
    expect(causeAndFix(run)).toEqual([
      "cause: cannot start it: it is open for writing (ETXTBSY) (ScriptBusy)",
      "fix: Find what writes it (fuser -v FILE), and let that write a new file and rename it",
    ]);
    const again = startInit([`-scripts=${scripts}`]);
    await waitFor(() => again.stderr().includes("exec: "), "the first try");
    closeSync(writer);
    expect((await again.ended).status).toBe(0);
  });

  test("a script that another one removed", async () => {
    const scripts = makeScripts({ "10-a": shell('rm "${0%/*}/20-b"'), "20-b": shell(":") });
    const run = await runInit([`-scripts=${scripts}`]);
    expect(causeAndFix(run)).toEqual([
      "cause: cannot start it: it was removed after the run had begun (ENOENT) (ScriptRemoved)",
      "fix: Find what removes it: an earlier script, or whoever changes the scripts directory",
    ]);
  });

  test("a script whose mode another one changed", async () => {
    const scripts = makeScripts({ "10-a": shell('chmod 0644 "${0%/*}/20-b"'), "20-b": shell(":") });
    const run = await runInit([`-scripts=${scripts}`]);
    expect(causeAndFix(run)[0]).toBe(
      "cause: cannot start it: permission denied (EACCES) (ScriptPermissionDenied)",
    );
  });
});
