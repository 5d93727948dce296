/**
 * The API server hangs, and then is gone, while scripts run: the verdict stays. Needs
 * API_SERVER_PID_FILE: a file with the id of a process of this machine that these tests may stop,
 * kill and start again.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import {
  createNamespace,
  eventually,
  hasEnded,
  lastEnd,
  kubectl,
  type Namespace,
  noImage,
  script,
} from "./deployment.ts";
import { configMapOf, EVENTS_RULE, podWith, roleFor } from "./manifests.ts";

const pidFile = process.env["API_SERVER_PID_FILE"];
const whyNot = noImage ?? (pidFile === undefined ? "API_SERVER_PID_FILE is not set" : undefined);
if (noImage === undefined && whyNot !== undefined) {
  process.stderr.write(`tests of a stopped API server skipped: ${whyNot}\n`);
}

describe.skipIf(whyNot !== undefined)("the API server", () => {
  let namespace: Namespace;

  beforeAll(async () => {
    namespace = await createNamespace();
    await namespace.apply(
      // Fails once the API server is away, so that its event cannot be posted.
      configMapOf({ "01-long": script("echo begun", "sleep 8"), "02-fails": script("exit 9") }),
      { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "loop" } },
      ...roleFor("loop", [EVENTS_RULE]),
    );
  });
  afterAll(async () => namespace.remove());

  test("hangs: the run ends as it would have, and its log says that no event was posted", async () => {
    const pid = apiServer();
    const log = await runWhile(
      "hangs",
      () => process.kill(pid, "SIGSTOP"),
      () => process.kill(pid, "SIGCONT"),
    );
    expect(log).toMatch(/init failed: script "\/scripts\/02-fails" failed: exit status 9\n/);
    expect(log).toMatch(/cannot post .*event/);
  }, 300_000);

  test("is killed and comes back: the run ends as it would have", async () => {
    const pid = apiServer();
    const again = commandOf(pid);
    const log = await runWhile(
      "killed",
      () => process.kill(pid, "SIGKILL"),
      () => start(again),
    );
    expect(log).toMatch(/init failed: script "\/scripts\/02-fails" failed: exit status 9\n/);
    expect(log).toMatch(/cannot post .*event/);
  }, 300_000);

  /** The log of a run during whose first script `stop` is called, and after whose end `restore`. */
  async function runWhile(name: string, stop: () => void, restore: () => void): Promise<string> {
    await namespace.apply(podWith(name, { serviceAccountName: "loop" }));
    const isThis = (pod: { metadata?: { name?: string } }): boolean => pod.metadata?.name === name;
    const pod = await namespace.pod(isThis, "the pod");
    await eventually(
      "the first script",
      async () => (await namespace.logs(pod)).includes("begun") || undefined,
    );
    stop();
    // The first script's 8 s, the second, and 5 s for events: longer than that it is not away.
    await Bun.sleep(16_000);
    restore();
    await eventually("the API server", async () => kubectl(["get", "--raw", "/readyz"]));
    const ended = await namespace.pod(
      (each) => isThis(each) && hasEnded(each),
      "the end of the run",
    );
    expect(lastEnd(ended)?.exitCode).toBe(1);
    expect(lastEnd(ended)?.message).toStartWith("02-fails: exit status 9; it printed nothing.");
    return namespace.logs(ended);
  }
});

function apiServer(): number {
  return Number(readFileSync(pidFile ?? "", "utf8"));
}

function commandOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
}

function start(command: string[]): void {
  const log = openSync("/dev/null", "w");
  const child = Bun.spawn(command, { stdin: "ignore", stdout: log, stderr: log, detached: true });
  closeSync(log);
  child.unref();
  writeFileSync(pidFile ?? "", `${child.pid}\n`);
}
