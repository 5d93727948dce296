import { beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DaemonSet } from "kubernetes-types/apps/v1";
import type { PolicyRule } from "kubernetes-types/rbac/v1";
import { HELM, unpackTools } from "../../deploy/tools.ts";

const DEPLOY = join(import.meta.dir, "../../deploy");
const NODE = "node.image=storageos/node:v2.5.0";

beforeAll(unpackTools);

function helm(...settings: readonly string[]): {
  readonly objects: KubernetesObject[];
  readonly error: string;
} {
  const sets = settings.flatMap((setting) => ["--set", setting]);
  const chart = join(DEPLOY, "helm/storageos-init");
  const { stdout, stderr } = Bun.spawnSync([
    HELM,
    "template",
    "x",
    chart,
    "-n",
    "storage",
    ...sets,
  ]);
  return { objects: documentsOf(stdout.toString()), error: stderr.toString() };
}

type KubernetesObject = { readonly kind: string; readonly rules?: readonly PolicyRule[] };

function documentsOf(text: string): KubernetesObject[] {
  const parsed = Bun.YAML.parse(text) as KubernetesObject | (KubernetesObject | null)[] | null;
  return (Array.isArray(parsed) ? parsed : [parsed]).filter((document) => document !== null);
}

function daemonSetOf(...settings: readonly string[]): DaemonSet {
  const found = helm(NODE, ...settings).objects.find(({ kind }) => kind === "DaemonSet");
  return found as unknown as DaemonSet;
}

function podOf(...settings: readonly string[]) {
  const spec = daemonSetOf(...settings).spec?.template.spec;
  return { spec, init: spec?.initContainers?.[0] };
}

describe("the chart", () => {
  test("asks for no more than deploy/rbac.yaml", () => {
    const rulesOf = (objects: KubernetesObject[]) => objects.flatMap(({ rules }) => rules ?? []);
    const shipped = documentsOf(readFileSync(join(DEPLOY, "rbac.yaml"), "utf8"));
    const { objects } = helm(NODE);
    expect(rulesOf(objects)).toEqual(rulesOf(shipped));
    expect(objects.map(({ kind }) => kind).toSorted()).toEqual([
      "DaemonSet",
      "Role",
      "RoleBinding",
      "ServiceAccount",
    ]);
  });

  test("privileged: as the operators run it", () => {
    const { spec, init } = podOf();
    expect(spec).toMatchObject({
      hostNetwork: true,
      hostPID: true,
      priorityClassName: "system-node-critical",
    });
    expect(init?.securityContext).toEqual({ readOnlyRootFilesystem: true, privileged: true });
    expect(init?.terminationMessagePolicy).toBe("FallbackToLogsOnError");
  });

  test("least: two capabilities, no hostPID, nothing propagated to the host", () => {
    const { spec, init } = podOf("profile=least");
    expect(spec?.hostPID).toBeUndefined();
    expect(init?.securityContext).toEqual({
      readOnlyRootFilesystem: true,
      runAsUser: 0,
      capabilities: { drop: ["ALL"], add: ["SYS_MODULE", "SYS_ADMIN"] },
    });
    expect(JSON.stringify(init)).not.toContain("Bidirectional");
  });

  test("own scripts are executable, run beside the bundled ones, and a change rolls them out", () => {
    const file = (content: string) => `scripts.files.01-own=${content}`;
    const { spec, init } = podOf(file("x"));
    expect(init?.args).toContain("-scripts=/scripts");
    expect(init?.volumeMounts).toContainEqual({
      name: "scripts",
      mountPath: "/scripts/90-own",
      readOnly: true,
    });
    expect(spec?.volumes).toContainEqual({
      name: "scripts",
      // Kubernetes reads YAML 1.1, where 0755 is octal; this parser reads YAML 1.2.
      configMap: { name: "storageos-daemonset-scripts", defaultMode: 755 },
    });
    const [one, other] = ["x", "y"].map(
      (content) => daemonSetOf(file(content)).spec?.template.metadata,
    );
    expect(one?.annotations).not.toEqual(other?.annotations ?? {});
    expect(podOf(file("x"), "scripts.bundled=false").init?.args).toContain(
      "-scripts=/scripts/90-own",
    );
  });

  test("a variable given twice is the user's", () => {
    const { init } = podOf("init.env[0].name=NODE_IMAGE", "init.env[0].value=other:1");
    const given = init?.env?.filter(({ name }) => name === "NODE_IMAGE");
    expect(given).toEqual([{ name: "NODE_IMAGE", value: "other:1" }]);
  });

  test.each([
    ["node.image=", "/node/image': minLength"],
    ["profile=root", "/profile': value must be one of 'privileged', 'least'"],
    ["node.imag=x", "additional properties 'imag' not allowed"],
    ["init.flags.scripts=/x", "invalid propertyName 'scripts'"],
    ["scripts.bundled=false", "/scripts/files': minProperties"],
    ["daemonSet.name=Upper", "/daemonSet/name'"],
  ])("refuses %s", (setting, error) => {
    const result = helm(NODE, setting);
    expect(result.error).toContain(error);
    expect(result.objects).toEqual([]);
  });
});
