/**
 * What the real Cluster Operator 2.4.2 makes, recorded from it and applied unchanged but for the two
 * images: no downward API, no arguments, a node whose name may differ from its hostname. Every
 * assertion is what a person sees with kubectl. The scripts' verdict is the node's: one that the
 * bundled scripts find nothing to fail on is not asserted.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { ContainerStateTerminated, Pod } from "kubernetes-types/core/v1";
import { KUBECTL } from "../../deploy/tools.ts";
import {
  createNamespace,
  eventually,
  hasFailed,
  IMAGE,
  kubectl,
  lastEnd,
  type Namespace,
  namespaceNamed,
  noImage,
} from "./deployment.ts";
import { operatorObjects } from "./operator-objects.ts";

/** The operator's objects have names of their own, so that they cannot be beside real ones. */
const reason = noImage ?? (exists("namespace", "storageos") ? "it has a StorageOS" : undefined);
if (reason !== undefined) process.stderr.write(`the operator's objects skipped: ${reason}\n`);

function exists(kind: string, name: string): boolean {
  return Bun.spawnSync([KUBECTL, "get", kind, name], { stderr: "ignore" }).success;
}

const DOCUMENTED = ["logs", "-l", "app=storageos,kind=daemonset", "-c", "storageos-init"];

describe.skipIf(reason !== undefined)("the operator's objects", () => {
  const storageos = namespaceNamed("storageos");
  let own: Namespace;
  let wasThere: string;
  let pod: Pod;

  beforeAll(async () => {
    own = await createNamespace();
    wasThere = await onNode(
      own,
      "prepare",
      "ls -d var/lib/storageos 2>/dev/null; mkdir -p var/lib/kubelet/plugins_registry var/lib/kubelet/plugins",
    );
    await kubectl(["apply", "-f", "-"], operatorObjects({ init: IMAGE, node: IMAGE }));
    pod = await storageos.pod(hasFailed(2), "a pod that failed twice");
  }, 300_000);

  afterAll(async () => {
    await kubectl(
      ["delete", "--ignore-not-found", "-f", "-"],
      operatorObjects({ init: IMAGE, node: IMAGE }),
    );
    if (wasThere === "") await onNode(own, "clean-up", "rm -rf var/lib/storageos");
    await own.remove();
  }, 300_000);

  test("kubectl get pods shows Init:Error", async () => {
    await eventually("Init:Error", async () => {
      const rows = await storageos.kubectl(["get", "pods", "--no-headers"]);
      return rows.includes(" Init:Error ") ? true : undefined;
    });
  }, 300_000);

  test("the documented logs command shows script, cause and fix, in ten lines", async () => {
    const failure = failureOf(endOf(pod));
    const lines = await eventually("a whole log", async () => {
      const log = (await storageos.kubectl(DOCUMENTED)).trimEnd().split("\n");
      return log.at(-1)?.endsWith(" not run") ? log : undefined;
    });
    expect(lines.length).toBeLessThanOrEqual(10);
    const log = lines.join("\n");
    expect(log).toContain(` init failed: script "/scripts/${failure.script}" failed: `);
    expect(log).toMatch(withCode(failure));
    expect(log).toMatch(/ fix: \S/);
    expect(log).not.toContain("cancelled");
    expect(lines.at(-1)).toMatch(/ \d+ failed, (?:\d+ \w+, )*\d+ not run$/);
  }, 300_000);

  test("kubectl describe shows the message, and the event with the cause", async () => {
    const failure = failureOf(endOf(pod));
    const { script, cause } = failure;
    const described = await eventually("a count of two", async () => {
      const text = await storageos.kubectl(["describe", "pod", pod.metadata?.name ?? ""]);
      return /ScriptFailed +\S+ \(x\d+ over/.test(text) ? text : undefined;
    });
    const message = described.split("\n").find((line) => /^ +Message: /.test(line));
    expect(message).toContain(` ${script}: ${cause}`);
    const rows = described.split("\n").filter((line) => line.includes("ScriptFailed"));
    expect(rows.filter((row) => row.startsWith("  Warning  ScriptFailed ")).length).toBe(1);
    // from 1.36 on, what the event is of stands before its message
    expect(rows.at(-1)).toMatch(/ storageos-init +(?:spec\.initContainers\{storageos-init\}: )?/);
    expect(rows.at(-1)).toContain(`${script}: ${cause}`);
    expect(rows.at(-1)).toMatch(withCode(failure));
    expect(rows.at(-1)?.split(cause).length).toBe(2);
  }, 300_000);

  test("the event is of this pod's init container, one object whatever the restarts", async () => {
    const events = await storageos.events(pod);
    expect(events.map(({ reason: why, count = 0 }) => [why, count >= 2])).toEqual([
      ["ScriptFailed", true],
    ]);
    expect(events[0]?.involvedObject).toMatchObject({
      name: pod.metadata?.name ?? "",
      uid: pod.metadata?.uid ?? "",
      fieldPath: "spec.initContainers{storageos-init}",
    });
  });

  test("the node image is the pod's own, not the template's, under OnDelete", async () => {
    const image = "storageos/node:v9.9.9";
    const patch = [{ op: "replace", path: "/spec/template/spec/containers/0/image", value: image }];
    const daemonSet = ["daemonset", "storageos-daemonset"];
    await storageos.kubectl(["patch", ...daemonSet, "--type=json", "-p", JSON.stringify(patch)]);
    const log = await eventually("a log of a later run", async () => {
      const text = await storageos.logs(pod);
      return text.includes(image) && text.endsWith(" not run\n") ? text : undefined;
    });
    expect(log).toContain(` node image: ${IMAGE} (from Pod storageos/${pod.metadata?.name})\n`);
    expect(log).toContain(
      ` node image ${IMAGE} is this pod's own; the template of DaemonSet storageos/storageos-daemonset names ${image}, which the next pod will run\n`,
    );
    const now = await storageos.pod(hasFailed(2), "the same pod");
    expect(now.metadata?.uid).toBe(pod.metadata?.uid ?? "");
    expect(lastEnd(now)?.message).toContain(`"nodeImage":"${IMAGE}"`);
  }, 600_000);

  test("the log says which ways did not show the pod, unless a bound token did", async () => {
    const log = await storageos.logs(pod);
    const isBound = pod.spec?.volumes?.some(({ projected }) => projected !== undefined) === true;
    const line = ` this is pod storageos/${pod.metadata?.name}, as the API shows; POD_NAME, `;
    // A node whose root a container may open shows the pod's name too.
    if (isBound) expect(log).not.toContain(line);
    else if (log.includes("cannot read ")) expect(log).toContain(line);
  });
});

/** Runs shell in the node's root directory. */
async function onNode(namespace: Namespace, name: string, command: string): Promise<string> {
  const image = { image: IMAGE, imagePullPolicy: "IfNotPresent" };
  const shell = { command: ["sh", "-c", `cd /host; ${command}`] };
  const volumeMounts = [{ name: "host", mountPath: "/host" }];
  await namespace.apply({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: {
      hostNetwork: true,
      restartPolicy: "Never",
      tolerations: [{ operator: "Exists" }],
      containers: [{ name: "shell", ...image, ...shell, volumeMounts }],
      volumes: [{ name: "host", hostPath: { path: "/" } }],
    },
  });
  await namespace.pod(
    ({ metadata, status }) => metadata?.name === name && status?.phase?.endsWith("ed") === true,
    `the end of ${name}`,
  );
  return namespace.kubectl(["logs", name]);
}

type Seen = { readonly script: string; readonly cause: string; readonly code: string };

function endOf(pod: Pod): ContainerStateTerminated {
  const end = lastEnd(pod);
  if (end === undefined) throw new Error("the init container has not ended");
  return end;
}

/** The cause may end with a full stop of its own. */
function withCode({ cause, code }: Seen): RegExp {
  return new RegExp(`${cause.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\.? \\(${code}\\)`);
}

/** From the termination message: `<script>: <cause>. <fix>`, then JSON. */
function failureOf({ message = "" }: ContainerStateTerminated): Seen {
  const [first = "", json = "{}"] = message.split("\n");
  const { script, code, fixAt } = JSON.parse(json);
  const words = Buffer.from(first).subarray(0, fixAt).toString();
  const cause = words.slice(script.length + ": ".length).trim();
  return { script, code, cause: cause.replace(/\.$/, "") };
}
