import { beforeAll, describe, expect, test } from "bun:test";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DaemonSet } from "kubernetes-types/apps/v1";
import type { PolicyRule } from "kubernetes-types/rbac/v1";
import { HELM, unpackTools } from "../../deploy/tools.ts";
import { temporaryDirectory } from "../temporary.ts";

const DEPLOY = join(import.meta.dir, "../../deploy");
const NODE = "node.image=storageos/node:v2.5.0";

beforeAll(unpackTools);

const CHART = join(DEPLOY, "helm/storageos-init");

function helm(...settings: readonly string[]): {
  readonly objects: KubernetesObject[];
  readonly error: string;
} {
  return helmFor([], settings);
}

/** @param apis what the cluster has besides helm's own idea of one */
function helmFor(apis: readonly string[], settings: readonly string[]) {
  const sets = settings.flatMap((setting) => ["--set", setting]);
  const has = apis.flatMap((api) => ["--api-versions", api]);
  const template = ["template", "x", CHART, "-n", "storage", ...has, ...sets];
  const { stdout, stderr } = Bun.spawnSync([HELM, ...template]);
  return { objects: documentsOf(stdout.toString()), error: stderr.toString() };
}

type KubernetesObject = {
  readonly kind: string;
  readonly metadata?: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly PolicyRule[];
  readonly roleRef?: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly object[];
  readonly spec?: object;
};

function documentsOf(text: string): KubernetesObject[] {
  const parsed = Bun.YAML.parse(text) as KubernetesObject | (KubernetesObject | null)[] | null;
  return (Array.isArray(parsed) ? parsed : [parsed]).filter((document) => document !== null);
}

function daemonSetOf(...settings: readonly string[]): DaemonSet {
  const found = helm(NODE, ...settings).objects.find(({ kind }) => kind === "DaemonSet");
  return found as unknown as DaemonSet;
}

function rulesOf(objects: readonly KubernetesObject[]): readonly PolicyRule[] {
  return objects.flatMap(({ rules }) => rules ?? []);
}

/** The setting that gives the chart a script of one's own. */
function ownScript(content: string): string {
  return `scripts.files.01-own=${content}`;
}

function podOf(...settings: readonly string[]) {
  const spec = daemonSetOf(...settings).spec?.template.spec;
  return { spec, init: spec?.initContainers?.[0] };
}

describe("the chart", () => {
  test("asks for no more than deploy/rbac.yaml", () => {
    const shipped = documentsOf(readFileSync(join(DEPLOY, "rbac.yaml"), "utf8"));
    const { objects } = helm(NODE);
    // With the downward API, which the chart gives, no list has to find the pod.
    const rules = rulesOf(shipped).map((rule) => ({
      ...rule,
      verbs: rule.verbs.filter((verb) => verb !== "list"),
    }));
    expect(rulesOf(objects)).toEqual(rules);
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
    const { spec, init } = podOf(ownScript("x"));
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
      (content) => daemonSetOf(ownScript(content)).spec?.template.metadata,
    );
    expect(one?.annotations).not.toEqual(other?.annotations ?? {});
    expect(podOf(ownScript("x"), "scripts.bundled=false").init?.args).toContain(
      "-scripts=/scripts/90-own",
    );
  });

  const CONDITION = "nodeCondition.type=storageos.com/NodePrepared";
  const POLICIES = "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy";
  const account = { kind: "ServiceAccount", name: "storageos-daemonset-sa", namespace: "storage" };

  test("a node condition takes a flag and a ClusterRole of two rules", () => {
    expect(podOf(CONDITION).init?.args).toContain("--node-condition=storageos.com/NodePrepared");
    const { objects } = helm(NODE, CONDITION);
    const role = objects.find(({ kind }) => kind === "ClusterRole");
    expect(role?.rules).toEqual([
      { apiGroups: [""], resources: ["nodes"], verbs: ["get"] },
      { apiGroups: [""], resources: ["nodes/status"], verbs: ["patch"] },
    ]);
    const binding = objects.find(({ kind }) => kind === "ClusterRoleBinding");
    expect(binding).toMatchObject({
      roleRef: { kind: "ClusterRole", name: role?.metadata?.name ?? "" },
      subjects: [account],
    });
    expect(objects.filter(({ kind }) => kind.startsWith("Validating"))).toEqual([]);
  });

  test("where the API has admission policies, one allows that condition of the own node only", () => {
    const { objects } = helmFor([POLICIES], [NODE, CONDITION]);
    const [policy, binding] = objects.filter(({ kind }) => kind.startsWith("Validating"));
    expect(binding?.spec).toEqual({
      policyName: policy?.metadata?.name ?? "",
      validationActions: ["Deny"],
    });
    const text = JSON.stringify(policy?.spec);
    expect(text).toContain('\\"system:serviceaccount:storage:storageos-daemonset-sa\\"');
    expect(text).toContain('c.type != \\"storageos.com/NodePrepared\\"');
    expect(text).toContain("variables.nodeOfToken == request.name");
  });

  test("without rbac.create the condition's rights are for others to give", () => {
    const { objects } = helmFor([POLICIES], [NODE, CONDITION, "rbac.create=false"]);
    expect(objects.map(({ kind }) => kind).toSorted()).toEqual(["DaemonSet", "ServiceAccount"]);
  });

  test("OpenShift's constraints are bound if asked for", () => {
    const { objects } = helm(NODE, "openshift.scc=privileged");
    const bindings = objects.filter(({ roleRef }) => roleRef?.kind === "ClusterRole");
    expect(bindings).toMatchObject([
      {
        kind: "RoleBinding",
        metadata: { namespace: "storage" },
        roleRef: { name: "system:openshift:scc:privileged" },
        subjects: [account],
      },
    ]);
  });

  test("its notes say when pod security is in the way, and what a condition shows", () => {
    const install = ["install", "x", CHART, "-n", "storage", "--dry-run=client"];
    const { stdout } = Bun.spawnSync([HELM, ...install, "--set", `${NODE},${CONDITION}`]);
    const [, notes] = stdout.toString().split("\nNOTES:\n");
    expect(notes).toContain(
      "kubectl label namespace storage pod-security.kubernetes.io/enforce=privileged",
    );
    expect(notes).toContain("storageos-daemonset-sa may change the status of every node");
    expect(notes).toContain('type=="storageos.com/NodePrepared"');
  });

  test("as a subchart it renders its own image, whatever templates the parent has", () => {
    const parent = temporaryDirectory("parent");
    mkdirSync(`${parent}/templates`);
    mkdirSync(`${parent}/charts`);
    cpSync(CHART, `${parent}/charts/storageos-init`, { recursive: true });
    writeFileSync(`${parent}/Chart.yaml`, "apiVersion: v2\nname: parent\nversion: 1.0.0\n");
    const names = ["image", "metadata", "clusterMetadata", "ownScripts"];
    const defined = names.map((name) => `{{- define "${name}" }}parent/other:1{{ end }}\n`);
    writeFileSync(`${parent}/templates/_helpers.tpl`, defined.join(""));
    const set = ["--set", "storageos-init.node.image=storageos/node:v2.5.0"];
    const { stdout, stderr } = Bun.spawnSync([HELM, "template", "x", parent, ...set]);
    expect(stderr.toString()).toBe("");
    expect(stdout.toString()).toContain("image: storageos/init:");
    expect(stdout.toString()).not.toContain("parent/other");
  });

  test("a variable given twice is the user's", () => {
    const { init } = podOf("init.env[0].name=NODE_IMAGE", "init.env[0].value=other:1");
    const given = init?.env?.filter(({ name }) => name === "NODE_IMAGE");
    expect(given).toEqual([{ name: "NODE_IMAGE", value: "other:1" }]);
  });

  test("takes globs of scripts to skip and to warn of", () => {
    const { init } = podOf("init.skip={05-requirements/ipv6*,02-limits}", "init.warn[0]=01-lio");
    expect(init?.args).toContain("--skip=05-requirements/ipv6*");
    expect(init?.args).toContain("--skip=02-limits");
    expect(init?.args).toContain("--warn=01-lio");
  });

  test.each([
    ["init.skip=x", "/init/skip'"],
    ["init.warn[0]=", "/init/warn/0'"],
    ["init.flags.skip=x", "invalid propertyName 'skip'"],
    ["node.image=", "/node/image': minLength"],
    ["profile=root", "/profile': value must be one of 'privileged', 'least'"],
    ["node.imag=x", "additional properties 'imag' not allowed"],
    ["init.flags.scripts=/x", "invalid propertyName 'scripts'"],
    ["scripts.bundled=false", "/scripts/files': minProperties"],
    ["daemonSet.name=Upper", "/daemonSet/name'"],
    ["nodeCondition.type=Ready", "/nodeCondition/type'"],
    ["nodeCondition.type=a b", "/nodeCondition/type'"],
    ["openshift.scc=Any", "/openshift/scc'"],
  ])("refuses %s", (setting, error) => {
    const result = helm(NODE, setting);
    expect(result.error).toContain(error);
    expect(result.objects).toEqual([]);
  });
});
