/** init preflight where the cluster does not do what it is asked; test/cluster has the rest. */
import { describe, expect, test } from "bun:test";
import { fakeKubectl, list } from "./fake-kubectl.ts";
import { runInit } from "../run-init.ts";

type Object_ = { readonly kind: string; readonly spec: never; readonly metadata: never };

async function preflight(...args: readonly string[]) {
  const { status, stdout, stderr } = await runInit(["preflight", ...args]);
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

describe.concurrent("init preflight", () => {
  test("--print-manifest shows what would be created, and calls nothing", async () => {
    const { status, stdout } = await preflight(
      "--print-manifest",
      "--kubectl=/missing",
      "--nodes=disk=ssd,!gpu,zone!=a",
      "--image=registry.example/init:3",
      "--image-pull-secret=pull",
      "--node-image=storageos/node:v2.5.0",
    );
    expect(status).toBe(0);
    const { items } = JSON.parse(stdout) as { readonly items: readonly Object_[] };
    expect(items.map(({ kind }) => kind)).toEqual(["Namespace", "DaemonSet"]);
    const pod = (items[1] as unknown as { spec: { template: { spec: Record<string, never> } } })
      .spec.template.spec;
    expect(pod["tolerations"]).toEqual([{ operator: "Exists" }] as never);
    expect(pod["imagePullSecrets"]).toEqual([{ name: "pull" }] as never);
    expect(JSON.stringify(pod["affinity"])).toContain(
      JSON.stringify([
        { key: "disk", operator: "In", values: ["ssd"] },
        { key: "gpu", operator: "DoesNotExist" },
        { key: "zone", operator: "NotIn", values: ["a"] },
      ]),
    );
    const text = JSON.stringify(pod);
    expect(text).toContain(
      '"run","--dry-run","-scripts=/scripts","-nodeImage=storageos/node:v2.5.0"',
    );
    // Nothing of a node can be written, and no directory is made there.
    for (const volume of pod["volumes"] as unknown as readonly { hostPath?: { type: string } }[])
      if (volume.hostPath !== undefined) expect(volume.hostPath.type).toBe("Directory");
    expect(text).not.toContain('"readOnly":false');
  });

  test("--print-rbac shows the rights of a user", async () => {
    const { status, stdout } = await preflight("--print-rbac=ann");
    expect(status).toBe(0);
    expect(stdout).toContain('"name": "ann"');
    expect(stdout).toContain('"ClusterRoleBinding"');
  });

  test("what the cluster refuses is told, and what was made before is removed", async () => {
    const refused = { stderr: 'daemonsets.apps is forbidden: User "ann" cannot', exitStatus: 1 };
    const kubectl = fakeKubectl([{}, {}, refused, {}, {}]);
    const { status, stderr } = await preflight(`--kubectl=${kubectl.path}`);
    expect(stderr).toBe(
      `init: cannot start the preflight: kubectl create -f: daemonsets.apps is forbidden: User "ann" cannot. init preflight --print-rbac=USER shows the rights that it needs\n`,
    );
    expect(status).toBe(3);
    const calls = kubectl
      .calls()
      .map((call) => call.replaceAll(/preflight-[0-9a-f]{8}/g, "preflight-X"));
    expect(calls.slice(3)).toEqual([
      "--request-timeout=30s delete --namespace=storageos-preflight-X daemonset/storageos-preflight-X --ignore-not-found --wait=false",
      "--request-timeout=30s get daemonsets --namespace=storageos-preflight-X -o=name",
      "--request-timeout=30s delete namespace/storageos-preflight-X --ignore-not-found --wait=false",
    ]);
  });

  test("what cannot be removed is named with its command", async () => {
    const gone = { stderr: "Unable to connect to the server", exitStatus: 1 };
    const kubectl = fakeKubectl([list()], {
      "get namespace": { stdout: "namespace/mine\n" },
      "create -f": {},
      delete: gone,
    });
    const { status, stderr } = await preflight(
      `--kubectl=${kubectl.path}`,
      "-n",
      "mine",
      "--timeout=2s",
    );
    expect(stderr).toMatch(
      /init: cannot remove --namespace=mine daemonset\/storageos-preflight-\w+: Unable to connect to the server\. Run "kubectl delete --namespace=mine daemonset\/storageos-preflight-\w+"\n$/,
    );
    expect(status).toBe(3);
  });

  test.each([
    ["--nodes=a in (b)", `init: cannot use --nodes a in (b)`],
    ["--timeout=soon", "init: cannot use --timeout=soon"],
  ])("%s is a usage error", async (flag, message) => {
    const { status, stderr } = await preflight(flag, "--kubectl=/missing");
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});
