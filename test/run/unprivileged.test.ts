import { beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, constants, copyFileSync } from "node:fs";
import { said } from "../log.ts";
import { isRoot } from "../namespaces.ts";
import { INIT, runInit, type Ended } from "../run-init.ts";
import { file, makeScripts, shell } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";

const AS_NOBODY = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] as const;

describe.concurrent.skipIf(!isRoot)(
  "as a user who may little (needs root to become nobody)",
  () => {
    let init = "";

    beforeAll(() => {
      // This checkout may be in a place where nobody else may look.
      init = `${temporaryDirectory("init")}/init`;
      copyFileSync(INIT, init, constants.COPYFILE_FICLONE);
      chmodSync(init, 0o755);
    });

    async function runAsNobody(scripts: string): Promise<Ended> {
      return runInit([`-scripts=${scripts}`], {
        wrap: [...AS_NOBODY, "sh", "-c", 'shift; exec "$0" "$@"', init],
      });
    }

    test("scripts run, and with a note if no record can be kept", async () => {
      const scripts = makeScripts({
        "10-a": shell("id -un; (setsid sleep 1000 >/dev/null 2>&1 &)"),
      });
      const { status, stdout, stderr } = await runAsNobody(scripts);
      expect(stdout.toString()).toBe("nobody\n");
      expect(said(stderr).at(-1)).toStartWith("prepared: 1 script in ");
      expect(status).toBe(0);
    });

    test("a script that may be executed and not read", async () => {
      const scripts = makeScripts({ "10-secret": file("#!/bin/sh\n", 0o711) });
      const { status, stderr } = await runAsNobody(scripts);
      expect(status).toBe(3);
      expect(said(stderr)).toEqual([
        "init failed: nothing was run: 1 problem found",
        `cause: cannot run ${scripts}/10-secret: permission denied (EntryUnusable)`,
        "fix: Run as root, or change its mode",
      ]);
    });

    test("a script that only its owner may execute", async () => {
      const scripts = makeScripts({ "10-root": file("#!/bin/sh\n", 0o744) });
      const { status, stderr } = await runAsNobody(scripts);
      expect(status).toBe(3);
      expect(said(stderr)[1]).toBe(
        `cause: cannot run ${scripts}/10-root: this user may not execute it (mode 0744), or its file system is mounted noexec (ScriptNotExecutable)`,
      );
    });

    test("a directory that only root may read", async () => {
      const scripts = makeScripts({ "10-a": shell(":"), "20-d/b": shell(":") });
      chmodSync(`${scripts}/20-d`, 0o700);
      const { status, stderr } = await runAsNobody(scripts);
      expect(status).toBe(3);
      expect(said(stderr)[1]).toBe(
        `cause: cannot run ${scripts}/20-d: permission denied (EntryUnusable)`,
      );
    });
  },
);

describe.concurrent.skipIf(!isRoot)("as root (needs root)", () => {
  test("a file system that is mounted noexec", async () => {
    const scripts = makeScripts({ "10-a": shell(":") });
    const mount = `mount --bind ${scripts} ${scripts} && mount -o remount,noexec,bind ${scripts}`;
    const { status, stderr } = await runInit([`-scripts=${scripts}`], {
      wrap: ["unshare", "--mount", "bash", "-c", `${mount} && exec "$@"`, "bash"],
    });
    expect(status).toBe(3);
    expect(said(stderr)[1]).toBe(
      `cause: cannot run ${scripts}/10-a: this user may not execute it (mode 0755), or its file system is mounted noexec (ScriptNotExecutable)`,
    );
  });

  test("a script without the run bit is not run just because root might", async () => {
    const scripts = makeScripts({ "10-a": file("#!/bin/sh\necho ran\n", 0o600) });
    const { status, stdout } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(3);
    expect(stdout.toString()).toBe("");
  });
});
