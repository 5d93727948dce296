/** Objects that tests write by hand, as somebody does who does not use the chart. */
import type { EnvVar } from "kubernetes-types/core/v1";
import type { PolicyRule } from "kubernetes-types/rbac/v1";
import { IMAGE } from "./deployment.ts";

export type PodOptions = {
  /** Of the ConfigMap `scripts`; default 0755. */
  readonly defaultMode?: number;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly serviceAccountName?: string;
  /** Where the ConfigMap is mounted; default /scripts, where it hides the bundled scripts. */
  readonly mountPath?: string;
  /** What an init container of its own, `before`, runs first. */
  readonly before?: readonly string[];
  /** What the main container runs; default `true`. */
  readonly main?: readonly string[];
};

/** A pod that runs the scripts of the ConfigMap `scripts` once, with the downward API. */
export function podWith(name: string, options: PodOptions = {}): object {
  const { defaultMode = 0o755, command, args, serviceAccountName = "default" } = options;
  const { mountPath = "/scripts", before, main = ["true"] } = options;
  const image = { image: IMAGE, imagePullPolicy: "IfNotPresent" };
  const init = {
    ...image,
    name: "storageos-init",
    command,
    args,
    env: downwardApi(),
    terminationMessagePolicy: "FallbackToLogsOnError",
    volumeMounts: [
      { name: "scripts", mountPath },
      { name: "state", mountPath: "/var/lib/storageos" },
    ],
  };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: {
      hostNetwork: true,
      restartPolicy: "Never",
      serviceAccountName,
      tolerations: [{ operator: "Exists" }],
      initContainers: [...(before ? [{ ...image, name: "before", command: before }] : []), init],
      containers: [{ ...image, name: "main", command: main }],
      volumes: [
        { name: "scripts", configMap: { name: "scripts", defaultMode } },
        { name: "state", emptyDir: {} },
      ],
    },
  };
}

function downwardApi(): EnvVar[] {
  const fields = {
    POD_NAME: "metadata.name",
    POD_NAMESPACE: "metadata.namespace",
    POD_UID: "metadata.uid",
  };
  const variables = Object.entries(fields).map(([name, fieldPath]) => ({
    name,
    valueFrom: { fieldRef: { fieldPath } },
  }));
  return [...variables, { name: "NODE_IMAGE", value: IMAGE }];
}

/** The ConfigMap `scripts`. */
export function configMapOf(data: Readonly<Record<string, string>>): object {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "scripts" }, data };
}

/** A ServiceAccount's Role, both of one name. */
export function roleFor(name: string, rules: readonly PolicyRule[]): readonly object[] {
  const apiGroup = "rbac.authorization.k8s.io";
  const apiVersion = `${apiGroup}/v1`;
  return [
    { apiVersion, kind: "Role", metadata: { name }, rules },
    {
      apiVersion,
      kind: "RoleBinding",
      metadata: { name },
      roleRef: { apiGroup, kind: "Role", name },
      subjects: [{ kind: "ServiceAccount", name }],
    },
  ];
}

export const EVENTS_RULE: PolicyRule = {
  apiGroups: [""],
  resources: ["events"],
  verbs: ["create", "patch"],
};
