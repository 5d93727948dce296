/** The manifest as the StorageOS Cluster Operator builds it, with only the image changed. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Pod } from "kubernetes-types/core/v1";
import {
  createNamespace,
  eventually,
  hasEnded,
  IMAGE,
  lastEnd,
  type Namespace,
  noImage,
} from "./deployment.ts";

const MANIFEST = readFileSync(join(import.meta.dir, "operator-2.4.yaml"), "utf8");

describe.skipIf(noImage !== undefined)("the operator's manifest", () => {
  let namespace: Namespace;
  let pod: Pod;
  let log: string;

  beforeAll(async () => {
    namespace = await createNamespace();
    await install(namespace);
    pod = await namespace.pod(hasEnded, "an end of the init container");
    // The container may have been started again, and is in the middle of its next run.
    log = await eventually("the log of a whole run", async () => {
      const text = await namespace.logs(pod);
      return /\nSCRIPT +OUTCOME /.test(text) ? text : undefined;
    });
  }, 300_000);
  afterAll(async () => namespace.remove());

  test("runs the image's own scripts without a command or arguments", () => {
    expect(log).toMatch(/ scripts: \[(?:\/scripts\/\S+ ?)+\]\n/);
    expect(log).toMatch(/ exec: \/scripts\/\S+\n/);
    expect(log).toMatch(/\nSCRIPT +OUTCOME +DURATION\n/);
  });

  test("has the node image looked up by the variables that the operator gives", () => {
    expect(log).toContain(`node image: ${IMAGE} (from `);
    expect(lastEnd(pod)?.message).toContain(`"nodeImage":"${IMAGE}"`);
  });

  test("the verdict is the scripts', whatever this host lacks", () => {
    expect([0, 1]).toContain(lastEnd(pod)?.exitCode ?? -1);
    expect(lastEnd(pod)?.message).not.toContain('"outcome":"not-started"');
  });
});

describe.skipIf(noImage !== undefined)("the operator's manifest, with the host's pod logs", () => {
  let namespace: Namespace;

  beforeAll(async () => {
    namespace = await createNamespace();
  });
  afterAll(async () => namespace.remove());

  // Where /proc/1/root is closed even to root, as in a sandbox, this mount tells the pod's name.
  test("events come with what the operator allows", async () => {
    await install(namespace, {
      "            - name: state\n": "            - {name: logs, mountPath: /var/log/pods}\n",
      "        - name: state\n": "        - {name: logs, hostPath: {path: /var/log/pods}}\n",
    });
    const pod = await namespace.pod(hasEnded, "an end of the init container");
    const [event] = await eventually("an event", async () => {
      const events = await namespace.events(pod);
      return events.length > 0 ? events : undefined;
    });
    expect(event?.involvedObject).toMatchObject({
      uid: pod.metadata?.uid ?? "",
      fieldPath: "spec.initContainers{storageos-init}",
    });
  }, 300_000);
});

/** @param insertions what is put before each line */
async function install(
  namespace: Namespace,
  insertions: Readonly<Record<string, string>> = {},
): Promise<void> {
  let manifest = MANIFEST;
  for (const [line, more] of Object.entries(insertions)) {
    manifest = manifest.replace(`\n${line}`, `\n${more}${line}`);
  }
  const filled = manifest
    .replaceAll("$IMAGE", IMAGE)
    .replaceAll("$NODE_IMAGE", IMAGE)
    .replaceAll("$NAMESPACE", namespace.name);
  await namespace.kubectl(["apply", "-f", "-"], filled);
}
