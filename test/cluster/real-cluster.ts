/** A namespace of the tests' own on the cluster of KUBECONFIG, reached as a pod's ServiceAccount. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Event, EventList, Namespace, Pod } from "kubernetes-types/core/v1";
import type { ClusterRole, PolicyRule, Role } from "kubernetes-types/rbac/v1";
import type { TestCluster } from "../kubernetes/container.ts";
import { writeServiceAccount } from "../kubernetes/servers.ts";

export type RealCluster = TestCluster & {
  readonly serviceAccount: string;
  /** Replaces what the ServiceAccount may do, and returns when the API server goes by it. */
  readonly setRules: (rules: readonly PolicyRule[]) => void;
  /** Whether the ServiceAccount may: `may("get", "pods")`. */
  readonly may: (verb: string, resource: string) => boolean;
  readonly remove: () => void;
};

const DAEMON_SET = "storageos-daemonset";
const IMAGE = "storageos/node:v1.4.0";
const SERVICE_ACCOUNT = "storageos-daemonset-sa";
/** Nothing schedules it: these are objects, and no container has to run. */
const NOWHERE = { schedulerName: "none", nodeSelector: { "storageos-init/test": "nowhere" } };

export function kubectl(args: readonly string[], input?: object): string {
  const stdin = input && Buffer.from(JSON.stringify(input));
  const { success, stdout, stderr } = Bun.spawnSync(["kubectl", ...args], { stdin });
  if (!success) throw new Error(`kubectl ${args.join(" ")}: ${stderr.toString()}`);
  return stdout.toString();
}

/** For `auth can-i`, whose exit status is 1 for no. */
function kubectlSays(word: string, args: readonly string[]): boolean {
  const { stdout, stderr } = Bun.spawnSync(["kubectl", ...args]);
  const said = stdout.toString().trim();
  if (said === "") throw new Error(`kubectl ${args.join(" ")}: ${stderr.toString()}`);
  return said.startsWith(word);
}

/** The rules of deploy/rbac.yaml, so that what is tested is what is shipped. */
export function shippedRules(): PolicyRule[] {
  const manifest = readFileSync(join(import.meta.dir, "../../deploy/rbac.yaml"), "utf8");
  const objects = Bun.YAML.parse(manifest) as Role[];
  return objects.flatMap(({ kind, rules }) => (kind === "Role" && rules ? rules : []));
}

export function createNamespace(): RealCluster {
  const metadata = { generateName: "storageos-init-test-" };
  const created = kubectl(["create", "-o", "json", "-f", "-"], {
    apiVersion: "v1",
    kind: "Namespace",
    metadata,
  });
  const namespace = (JSON.parse(created) as Namespace).metadata?.name ?? "";
  const inNamespace = (...args: string[]): string[] => ["-n", namespace, ...args];
  const apply = (object: object): string =>
    kubectl(inNamespace("apply", "-o", "json", "-f", "-"), object);
  apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: SERVICE_ACCOUNT } });
  apply(roleBinding(namespace));
  const setTemplateImage = (image: string): void => void apply(daemonSetWith(image));
  const may = (verb: string, resource: string): boolean => {
    const as = `--as=system:serviceaccount:${namespace}:${SERVICE_ACCOUNT}`;
    return kubectlSays("yes", inNamespace("auth", "can-i", verb, resource, as));
  };
  const setRules = (rules: readonly PolicyRule[]): void => {
    // a rule of no use otherwise: when it holds, so do the others
    const name = `rules-${crypto.randomUUID()}`;
    const mark = {
      apiGroups: [""],
      resources: ["configmaps"],
      resourceNames: [name],
      verbs: ["get"],
    };
    apply(roleWith([...rules, mark]));
    while (!may("get", `configmaps/${name}`)) Bun.sleepSync(100);
  };
  setTemplateImage(IMAGE);
  setRules(shippedRules());
  const pod: Pod = JSON.parse(apply(podNamed("storageos-daemonset-x7k2p")));
  const directory = mkdtempSync(join(tmpdir(), "real-cluster-"));
  const { env, ca } = clusterAddress();
  return {
    namespace,
    serviceAccount: SERVICE_ACCOUNT,
    daemonSet: DAEMON_SET,
    pod: { name: pod.metadata?.name ?? "", uid: pod.metadata?.uid ?? "", image: IMAGE },
    access: { env, serviceAccountDir: writeServiceAccount(directory, ca, requestToken(namespace)) },
    setTemplateImage,
    setRules,
    may,
    events() {
      const list: EventList = JSON.parse(kubectl(inNamespace("get", "events", "-o", "json")));
      return list.items
        .filter(({ source }) => source?.component === "storageos-init")
        .toSorted(byName);
    },
    removeEvents: () => void kubectl(inNamespace("delete", "events", "--all")),
    remove() {
      kubectl(["delete", "namespace", namespace, "--wait=false"]);
      rmSync(directory, { recursive: true });
    },
  };
}

export function podNamed(name: string, labels: Record<string, string> = {}): Pod {
  const containers = [{ name: "storageos", image: IMAGE }];
  const spec = {
    ...NOWHERE,
    serviceAccountName: SERVICE_ACCOUNT,
    automountServiceAccountToken: false,
    containers,
  };
  return { apiVersion: "v1", kind: "Pod", metadata: { name, labels }, spec };
}

function byName(a: Event, b: Event): number {
  return (a.metadata.name ?? "") < (b.metadata.name ?? "") ? -1 : 1;
}

function daemonSetWith(image: string): object {
  const labels = { app: "storageos", kind: "daemonset" };
  const template = {
    metadata: { labels },
    spec: { ...NOWHERE, containers: [{ name: "storageos", image }] },
  };
  const spec = {
    selector: { matchLabels: labels },
    updateStrategy: { type: "OnDelete" },
    template,
  };
  return { apiVersion: "apps/v1", kind: "DaemonSet", metadata: { name: DAEMON_SET }, spec };
}

function roleWith(rules: readonly PolicyRule[]): object {
  const apiVersion = "rbac.authorization.k8s.io/v1";
  return { apiVersion, kind: "Role", metadata: { name: "storageos-init" }, rules };
}

/** The ClusterRole of deploy/manifests/node-condition.yaml, for this namespace's ServiceAccount alone. */
export function allowNodeCondition(namespace: string): { readonly remove: () => void } {
  const manifest = readFileSync(
    join(import.meta.dir, "../../deploy/manifests/node-condition.yaml"),
    "utf8",
  );
  const objects = Bun.YAML.parse(manifest) as (ClusterRole | null)[];
  const shipped = objects.find((object) => object?.kind === "ClusterRole");
  const apiGroup = "rbac.authorization.k8s.io";
  const metadata = { name: `${namespace}-node-condition` };
  const common = { apiVersion: `${apiGroup}/v1`, metadata };
  const roleRef = { apiGroup, kind: "ClusterRole", name: metadata.name };
  const subjects = [{ kind: "ServiceAccount", name: SERVICE_ACCOUNT, namespace }];
  kubectl(["apply", "-f", "-"], { ...common, kind: "ClusterRole", rules: shipped?.rules });
  kubectl(["apply", "-f", "-"], { ...common, kind: "ClusterRoleBinding", roleRef, subjects });
  const as = `--as=system:serviceaccount:${namespace}:${SERVICE_ACCOUNT}`;
  while (!kubectlSays("yes", ["auth", "can-i", "patch", "nodes", "--subresource=status", as])) {
    Bun.sleepSync(100);
  }
  return {
    remove: () => void kubectl(["delete", "clusterrole,clusterrolebinding", metadata.name]),
  };
}

function roleBinding(namespace: string): object {
  const apiGroup = "rbac.authorization.k8s.io";
  return {
    apiVersion: `${apiGroup}/v1`,
    kind: "RoleBinding",
    metadata: { name: "storageos-init" },
    roleRef: { apiGroup, kind: "Role", name: "storageos-init" },
    subjects: [{ kind: "ServiceAccount", name: SERVICE_ACCOUNT, namespace }],
  };
}

/** `kubectl create token` does this too, from 1.24 on. */
function requestToken(namespace: string): string {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${SERVICE_ACCOUNT}/token`;
  const request = {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: { expirationSeconds: 3600 },
  };
  return JSON.parse(kubectl(["create", "--raw", path, "-f", "-"], request)).status.token;
}

function clusterAddress(): { env: Record<string, string>; ca: string } {
  const view = kubectl(["config", "view", "--raw", "--minify", "--flatten", "-o", "json"]);
  const { cluster } = JSON.parse(view).clusters[0];
  const { hostname, port } = new URL(cluster.server);
  return {
    env: {
      KUBERNETES_SERVICE_HOST: hostname.replace(/^\[|\]$/g, ""),
      KUBERNETES_SERVICE_PORT: port || "443",
    },
    ca: Buffer.from(cluster["certificate-authority-data"], "base64").toString(),
  };
}
