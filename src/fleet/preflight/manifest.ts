/** The objects of a preflight, as kubectl creates them. */
import { fail, ok, type Result } from "../../lib/result.ts";

export type Trial = {
  /** Of the DaemonSet, and the value of its label `app`: made up anew for each preflight. */
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  /** Directory in the image. */
  readonly scripts: string;
  readonly nodeImage: string | undefined;
  readonly pullSecret: string | undefined;
  readonly affinity: Affinity | undefined;
};

type Json = Readonly<Record<string, unknown>>;
type Affinity = readonly Json[];

export const CONTAINER = "storageos-init";

export function namespaceOf({ namespace }: Trial): Json {
  const labels = { "pod-security.kubernetes.io/enforce": "privileged" };
  return { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } };
}

/** On every node that the labels choose, whatever its taints are; it changes nothing there. */
export function daemonSetOf(trial: Trial): Json {
  const { name, namespace, image, pullSecret, affinity } = trial;
  const labels = { app: name };
  const selected = affinity && {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: affinity }],
      },
    },
  };
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name, namespace, labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          automountServiceAccountToken: false,
          hostNetwork: true,
          hostPID: true,
          tolerations: [{ operator: "Exists" }],
          terminationGracePeriodSeconds: 5,
          ...(pullSecret === undefined ? {} : { imagePullSecrets: [{ name: pullSecret }] }),
          ...(selected === undefined ? {} : { affinity: selected }),
          initContainers: [initContainer(trial)],
          containers: [idle(image)],
          volumes: [
            { name: "tmp", emptyDir: {} },
            { name: "host-sys", hostPath: { path: "/sys", type: "Directory" } },
            { name: "host-modules", hostPath: { path: "/lib/modules", type: "Directory" } },
          ],
        },
      },
    },
  };
}

function initContainer({ image, scripts, nodeImage }: Trial): Json {
  const field = (name: string, fieldPath: string): Json => {
    return { name, valueFrom: { fieldRef: { fieldPath } } };
  };
  return {
    name: CONTAINER,
    image,
    args: [
      "/init",
      "run",
      "--dry-run",
      `-scripts=${scripts}`,
      ...(nodeImage === undefined ? [] : [`-nodeImage=${nodeImage}`]),
      "--events=off",
      "--state-dir=/proc/1/root/var/lib/storageos/init",
    ],
    env: [
      field("NODE_NAME", "spec.nodeName"),
      // Nothing is looked up in the cluster: a preflight has no rights there.
      { name: "KUBERNETES_SERVICE_HOST", value: "" },
    ],
    // The checks of modules, mounts and limits are about this node, and a privileged container's are too.
    securityContext: { privileged: true, readOnlyRootFilesystem: true },
    terminationMessagePolicy: "FallbackToLogsOnError",
    volumeMounts: [
      { name: "tmp", mountPath: "/tmp" },
      { name: "host-sys", mountPath: "/sys", mountPropagation: "HostToContainer", readOnly: true },
      { name: "host-modules", mountPath: "/lib/modules", readOnly: true },
    ],
  };
}

/** Runs when the node has answered. */
function idle(image: string): Json {
  return {
    name: "answered",
    image,
    command: ["sleep", "infinity"],
    resources: { requests: { cpu: "1m", memory: "8Mi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 65534,
    },
  };
}

/** What a person needs who may not do everything: kubectl apply makes it, once. */
export function rbacOf(user: string): Json {
  const role = "storageos-init-preflight";
  const rule = (apiGroups: string, resources: string, ...verbs: readonly string[]): Json => {
    return { apiGroups: [apiGroups], resources: [resources], verbs };
  };
  const rules = [
    rule("", "namespaces", "get", "create", "delete"),
    rule("apps", "daemonsets", "create", "delete", "list"),
    rule("", "pods", "list", "watch"),
    rule("", "events", "list"),
    rule("", "nodes", "list"),
  ];
  const group = "rbac.authorization.k8s.io";
  const subject = { kind: "User", name: user, apiGroup: group };
  const clusterRole = { kind: "ClusterRole", name: role, apiGroup: group };
  const about = { apiVersion: `${group}/v1`, metadata: { name: role } };
  return {
    apiVersion: "v1",
    kind: "List",
    items: [
      { ...about, kind: "ClusterRole", rules },
      { ...about, kind: "ClusterRoleBinding", roleRef: clusterRole, subjects: [subject] },
    ],
  };
}

/** The nodes that labels choose: `KEY=VALUE`, `KEY!=VALUE`, `KEY`, `!KEY`, separated by commas. */
export function affinityOf(labels: string): Result<Affinity | undefined, string> {
  if (labels === "all") return ok(undefined);
  const terms: Json[] = [];
  for (const part of labels.split(",").map((word) => word.trim())) {
    const [, not = "", key = "", operator = "", value = ""] =
      /^(!?)([\w./-]+)(?:(==?|!=)([\w.-]*))?$/.exec(part) ?? [];
    if (key === "" || (not !== "" && operator !== "")) return fail(part);
    if (operator === "") terms.push({ key, operator: not === "" ? "Exists" : "DoesNotExist" });
    else terms.push({ key, operator: operator === "!=" ? "NotIn" : "In", values: [value] });
  }
  return ok(terms);
}
