/** All scripts pass: the pod runs, the log shows all they printed, and an event tells it. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Pod } from "kubernetes-types/core/v1";
import {
  createNamespace,
  eventually,
  isRunning,
  type Namespace,
  noImage,
  script,
} from "./deployment.ts";

describe.skipIf(noImage !== undefined)("all scripts pass", () => {
  let namespace: Namespace;
  let pod: Pod;

  beforeAll(async () => {
    namespace = await createNamespace();
    const files = {
      "01-shell": script("echo shell: $NODE_IMAGE", "echo to stderr >&2"),
      "02-typescript.ts": `#!/usr/bin/env bun\nconst found: string = process.versions.bun;\nconsole.log("typescript:", found);\n`,
      "03-tools": script("modprobe --version", "bash --version | head -1", "mount --version"),
    };
    await namespace.install({ scripts: { bundled: false, files } });
    pod = await namespace.pod(isRunning, "a running pod");
  }, 300_000);
  afterAll(async () => namespace.remove());

  test("the log shows every script's output, as people ask for it", async () => {
    const selector = ["-l", "app=storageos,kind=daemonset", "-c", "storageos-init", "--tail=-1"];
    const log = await namespace.kubectl(["logs", ...selector]);
    expect(log).toContain(
      "scripts: [/scripts/90-own/01-shell /scripts/90-own/02-typescript.ts /scripts/90-own/03-tools]",
    );
    // The container runtime reads the two streams apart, so any line of one can stand before,
    // between or behind lines of the other in its log.
    expect(log).toMatch(/^shell: \S+storageos-init:\S+$/m);
    expect(log).toMatch(/^to stderr$/m);
    expect(log).toMatch(/^typescript: 1\.\d+\.\d+$/m);
    for (const tool of [
      /^kmod version /m,
      /^\+ZSTD \+XZ /m,
      /^GNU bash/m,
      /^mount from util-linux/m,
    ])
      expect(log).toMatch(tool);
    expect(log).toMatch(/ prepared: 3 scripts in /);
  });

  test("kubectl describe pod shows one event NodePrepared", async () => {
    const rows = await eventually("the event", async () => {
      const described = await namespace.kubectl(["describe", "pod", pod.metadata?.name ?? ""]);
      const found = described.split("\n").filter((line) => line.includes("NodePrepared"));
      return found.length > 0 ? found : undefined;
    });
    expect(rows.length).toBe(1);
    expect(rows[0]).toMatch(
      /^ {2}Normal +NodePrepared .* storageos-init +(?:spec\.initContainers\{storageos-init\}: )?.*3 scripts/,
    );
  });
});
