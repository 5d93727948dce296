import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { said } from "../log.ts";
import { isRoot } from "../namespaces.ts";
import { runInit } from "../run-init.ts";
import { makeScripts, shell } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";

/** As without the variable, which the helper sets. */
const DEFAULT_PATH = { STORAGEOS_INIT_TERMINATION_LOG: "" };

/** A shell command that replaces /dev with a directory, in a mount namespace of its own. */
function withoutMessage(dev: string): string {
  return `mount --bind /dev/null ${dev}/null && mount --rbind ${dev} /dev`;
}

describe.concurrent("where the termination message goes", () => {
  test.skipIf(!isRoot)("to no file that kubelet has not made (needs root)", async () => {
    const dev = temporaryDirectory("dev");
    writeFileSync(`${dev}/null`, "");
    const scripts = makeScripts({ "10-a": shell(":") });
    await runInit([`-scripts=${scripts}`], {
      env: DEFAULT_PATH,
      wrap: ["unshare", "--mount", "bash", "-c", `${withoutMessage(dev)} && exec "$@"`, "bash"],
    });
    expect(existsSync(`${dev}/termination-log`)).toBe(false);
  });

  test.skipIf(!isRoot)("kubelet's, if it made one (needs root)", async () => {
    const dev = temporaryDirectory("dev");
    writeFileSync(`${dev}/null`, "");
    writeFileSync(`${dev}/termination-log`, "");
    const scripts = makeScripts({ "10-a": shell(":") });
    const { status } = await runInit([`-scripts=${scripts}`], {
      env: DEFAULT_PATH,
      wrap: ["unshare", "--mount", "bash", "-c", `${withoutMessage(dev)} && exec "$@"`, "bash"],
    });
    expect(status).toBe(0);
    expect(readFileSync(`${dev}/termination-log`, "utf8")).toMatch(/^prepared: 1 script in /);
  });

  test("a longer message of an earlier run is replaced whole", async () => {
    const log = `${temporaryDirectory("log")}/termination-log`;
    writeFileSync(log, "x".repeat(5000));
    const scripts = makeScripts({ "10-a": shell(":") });
    await runInit([`-scripts=${scripts}`, `--termination-log=${log}`]);
    expect(readFileSync(log, "utf8")).toMatch(/^prepared: 1 script in [\d.]+m?s\n\{.*\}$/);
  });

  for (const [name, path, why] of [
    ["a device", "/dev/full", "it is a device"],
    ["no such directory", "/no/such/directory/log", "ENOENT"],
    ["a directory", "/tmp", "it is a directory"],
  ] as const) {
    test(`${name} is said once and fails nothing`, async () => {
      const scripts = makeScripts({ "10-a": shell(":"), "20-b": shell(":") });
      const { status, stderr } = await runInit([
        `-scripts=${scripts}`,
        `--termination-log=${path}`,
      ]);
      expect(status).toBe(0);
      const complaints = said(stderr).filter((line) => line.includes("termination"));
      expect(complaints).toHaveLength(1);
      expect(complaints[0]).toStartWith(
        `cannot write the termination message to ${path}: ${why} (TerminationMessageNotWritten). `,
      );
    });
  }

  test.skipIf(!isRoot)(
    "a full tmpfs with an empty file, as kubelet makes it, fails nothing (needs root)",
    async () => {
      const disk = `${temporaryDirectory("disk")}/small`;
      mkdirSync(disk);
      const kept = `${temporaryDirectory("kept")}/message`;
      const log = `${disk}/termination-log`;
      const mount = `mount -t tmpfs -o size=8k tmpfs ${disk} && touch ${log} && dd if=/dev/zero of=${disk}/ballast bs=4096 count=2 2>/dev/null`;
      const scripts = makeScripts({ "10-a": shell(":") });
      const { status, stderr } = await runInit(
        [`-scripts=${scripts}`, `--termination-log=${log}`],
        {
          wrap: [
            "unshare",
            "--mount",
            "bash",
            "-c",
            `${mount}; "$@"; s=$?; cp ${log} ${kept}; exit $s`,
            "bash",
          ],
        },
      );
      expect(status).toBe(0);
      expect(said(stderr)[2]).toStartWith(
        `cannot write the termination message to ${log}: ENOSPC (TerminationMessageNotWritten). `,
      );
      expect(readFileSync(kept, "utf8")).toBe("");
    },
  );
});
