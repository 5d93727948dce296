/** deploy/undo.yaml on a node where a script of the image's directory passed before. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  createNamespace,
  IMAGE,
  initStatus,
  isRunning,
  lastEnd,
  type Namespace,
  noImage,
  script,
} from "./deployment.ts";

const MANIFEST = readFileSync(join(import.meta.dir, "../../deploy/undo.yaml"), "utf8");
const NAME = "storageos-init-undo";

describe.skipIf(noImage !== undefined)("deploy/undo.yaml", () => {
  let namespace: Namespace;

  beforeAll(async () => {
    namespace = await createNamespace();
  });
  afterAll(async () => namespace.remove());

  test("undoes what a DaemonSet of the chart did, and its pods run when that is done", async () => {
    const body = script(
      "# init: timeout=1m undo=yes",
      'if [ "$INIT_ACTION" = undo ]; then rm "$STATE_DIR/made" && echo "removed it"; exit; fi',
      'echo made >"$STATE_DIR/made"',
    );
    await namespace.kubectl(["create", "configmap", "own", `--from-literal=10-own=${body}`]);
    const run = (manifest: string): string =>
      manifest
        .replaceAll("storageos/init:3.0.0-dev", IMAGE)
        .replaceAll("namespace: storageos", `namespace: ${namespace.name}`)
        .replaceAll("path: /var/lib/storageos,", `path: /var/lib/${namespace.name},`)
        .replace(
          "            - { name: tmp, mountPath: /tmp }\n",
          "            - { name: tmp, mountPath: /tmp }\n            - {name: own, mountPath: /scripts}\n",
        )
        .replace(
          "        - { name: tmp, emptyDir: {} }\n",
          "        - { name: tmp, emptyDir: {} }\n        - {name: own, configMap: {name: own, defaultMode: 0755}}\n",
        );
    // The same pod with run in place of undo is what the node was prepared with.
    const prepare = run(MANIFEST)
      .replaceAll(NAME, "prepare")
      .replace(
        "            - undo\n",
        "            - run\n            - -nodeImage=storageos/node:2.5.0\n",
      );
    await namespace.kubectl(["apply", "-f", "-"], prepare);
    await namespace.pod(isRunning, "a prepared pod", "prepare");
    await namespace.kubectl(["delete", "daemonset", "prepare", "--cascade=foreground"]);

    await namespace.kubectl(["apply", "-f", "-"], run(MANIFEST));
    const pod = await namespace.pod(isRunning, "a pod that runs", NAME);
    expect(initStatus(pod)?.state?.terminated?.message ?? lastEnd(pod)?.message).toStartWith(
      "undo: 1 undone in ",
    );
    expect(await namespace.logs(pod)).toContain("removed it\n");
  }, 300_000);
});
