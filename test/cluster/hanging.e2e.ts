/** A script that does not end, and a pod that is deleted while a script runs. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  createNamespace,
  eventually,
  hasFailed,
  initStatus,
  lastEnd,
  type Namespace,
  noImage,
  script,
} from "./deployment.ts";

describe.skipIf(noImage !== undefined)("a script that does not end", () => {
  let namespace: Namespace;

  beforeAll(async () => {
    namespace = await createNamespace();
  });
  afterAll(async () => namespace.remove());

  test("times out: the pod is in Init:Error, and says which deadline passed", async () => {
    const files = { "01-hangs": script("# init: timeout=1s", "echo waiting", "sleep 1000") };
    await namespace.install({ scripts: { bundled: false, files } });
    const pod = await namespace.pod(hasFailed(1), "a pod that failed");
    expect(lastEnd(pod)?.exitCode).toBe(4);
    expect(lastEnd(pod)?.message).toStartWith(
      "01-hangs: timed out: its timeout of 1s passed; printed last: waiting. Find what it waits for,",
    );
    // The next start warns of what the timeout interrupted, with an event of its own beside this.
    const event = await eventually("its event", async () => {
      const events = await namespace.events(pod);
      return events.find(({ reason }) => reason === "ScriptTimedOut");
    });
    expect(event.type).toBe("Warning");
  }, 300_000);

  test("gets SIGTERM when its pod is deleted, which is gone within the grace", async () => {
    const name = "deleted";
    const files = {
      "01-waits": script(
        "trap 'echo got SIGTERM; sleep 1; echo cleaned up; exit 0' TERM",
        "echo begun",
        "while :; do sleep 0.1; done",
      ),
    };
    await namespace.install({
      release: name,
      daemonSet: { name, labels: { app: name } },
      serviceAccount: { name },
      scripts: { bundled: false, files },
    });
    const pod = await namespace.pod(
      (each) => initStatus(each)?.state?.running !== undefined,
      "a run",
      name,
    );
    const log = namespace.follow(pod);
    await eventually("the script", async () => log.soFar().includes("begun") || undefined);
    const started = Date.now();
    await namespace.kubectl(["delete", "daemonset", name, "--cascade=foreground"]);
    const tookSeconds = (Date.now() - started) / 1000;
    // bash says on stderr, at a moment of its own, that its sleep was terminated
    const printed = (await log.all).replace("Terminated\n", "");
    expect(printed).toMatch(/begun\ngot SIGTERM\ncleaned up\n/);
    // terminationGracePeriodSeconds in values.yaml
    expect(tookSeconds).toBeLessThan(30);
  }, 300_000);
});
