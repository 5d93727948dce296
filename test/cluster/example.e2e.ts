/** examples/nvme-iscsi as it stands, but for images, modules and the host's directories. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import {
  createNamespace,
  hasEnded,
  IMAGE,
  isRunning,
  kubectl,
  lastEnd,
  type Namespace,
  noImage,
} from "./deployment.ts";

const EXAMPLE = join(import.meta.dir, "../../examples/nvme-iscsi");

describe.skipIf(noImage !== undefined)("the example of another product", () => {
  let namespace: Namespace;

  beforeAll(async () => {
    namespace = await createNamespace();
  });
  afterAll(async () => namespace.remove());

  test("prepares a node, in its own namespace, with its own container names", async () => {
    // overlay is loaded on every node that runs containers.
    await apply({ MODULES: "overlay", HUGEPAGES: "1" });
    const pod = await namespace.pod(isRunning, "a running pod");
    const log = await namespace.kubectl(["logs", pod.metadata?.name ?? "", "-c", "prepare-node"]);
    expect(log).toMatch(
      /\noverlay is loaded\nwritten: \/etc\/modules-load\.d\/block-storage\.conf\n.*\n\d+ huge pages, 1 wanted\n/,
    );
    expect(log).toContain("prepared: 2 scripts in ");
  }, 300_000);

  test("a module that is not there is told with what to install", async () => {
    await apply({ MODULES: "overlay no_such_module", HUGEPAGES: "1" });
    const pod = await namespace.pod(
      (each) => hasEnded(each) && lastEnd(each)?.exitCode !== 0,
      "a pod that failed",
    );
    expect(lastEnd(pod)?.message).toMatch(
      /^01-modules: cannot load kernel module no_such_module\. Install it on the node; on Ubuntu: apt-get install linux-modules-extra-\d/,
    );
  }, 300_000);

  async function apply(variables: Readonly<Record<string, string>>): Promise<void> {
    let manifest = await kubectl(["kustomize", EXAMPLE]);
    for (const [name, value] of Object.entries(variables)) {
      manifest = manifest.replace(
        new RegExp(`(- name: ${name}\\n +value: ).*`),
        (_, start: string) => start + JSON.stringify(value),
      );
    }
    const filled = manifest
      .replaceAll("namespace: block-storage", `namespace: ${namespace.name}`)
      .replaceAll(/image: storageos\/init:\S+/g, `image: ${IMAGE}`)
      .replace(
        /image: block-storage\/io-engine:\S+/,
        `image: ${IMAGE}\n        args: [sleep, infinity]`,
      )
      .replace("path: /etc/modules-load.d", `path: /tmp/${namespace.name}/modules-load.d`)
      .replace("path: /var/lib/block-storage", `path: /tmp/${namespace.name}/state`);
    await namespace.kubectl(["apply", "-f", "-"], filled);
  }
});
