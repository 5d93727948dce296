import type { Entries } from "../failure.ts";

/** A call to the API server that gave no usable answer. */
type Call = {
  /** What the call was for: `look up the node image`. */
  readonly task: string;
  /** `GET https://10.96.0.1:443/api/v1/…`, or the file that is the trouble. */
  readonly call: string;
  /** What came back, or why nothing did. */
  readonly what: string;
};

const EXAMPLE = {
  task: "look up the node image",
  call: "GET https://10.96.0.1:443/api/v1/namespaces/storageos/pods/node-x7k2p",
};

/** What else helps, by the start of the task. */
const OTHERWISE: readonly (readonly [string, string])[] = [
  ["look up the node image", ", or give the image with -nodeImage or NODE_IMAGE"],
  ["post pod event", ", or pass --events=off"],
  ["report the node condition", ", or leave out --node-condition"],
];

function orElse(task: string, advice: string): string {
  const [, otherwise = ""] = OTHERWISE.find(([start]) => task.startsWith(start)) ?? [];
  return `${advice}${otherwise}`;
}

/** The manifest that holds the rules for a task. */
function rulesFor(task: string): string {
  const isCondition = task.startsWith("report the node condition");
  return isCondition ? "deploy/manifests/node-condition.yaml" : "deploy/rbac.yaml";
}

function causeOf({ task, call, what }: Call): string {
  return `cannot ${task}: ${call}: ${what}`;
}

/** What init asks of the Kubernetes API and does not get. */
export const CLUSTER = {
  ApiCredentialsMissing: {
    title: "The pod has no ServiceAccount token",
    meaning:
      "Kubelet mounts the token and the cluster's CA certificate into each container. A file is missing or empty, so init cannot call the API server.",
    remedy:
      "Set automountServiceAccountToken: true on the pod or its ServiceAccount, and check that the ServiceAccount exists.",
    reportedBy: "init",
    cause: causeOf,
    fix: ({ task }: Call) =>
      orElse(task, "Give the pod its ServiceAccount's token (automountServiceAccountToken: true)"),
    example: {
      ...EXAMPLE,
      call: "/var/run/secrets/kubernetes.io/serviceaccount/token",
      what: "ENOENT",
    },
  },
  ApiCertificateNotTrusted: {
    title: "The API server's certificate is not trusted",
    meaning:
      "The certificate has expired, is for another name, or was not signed by the cluster's CA. init does not send its token to such a server.",
    remedy: "Check the API server's certificate, the cluster's CA, and the clock of the node.",
    reportedBy: "init",
    cause: causeOf,
    fix: ({ task }: Call) =>
      orElse(task, "Check the API server's certificate, and this node's clock"),
    example: {
      ...EXAMPLE,
      what: "the API server's certificate is not trusted: it has expired",
    },
  },
  ApiUnreachable: {
    title: "The API server cannot be reached",
    meaning:
      "There is no connection to the API server, or no complete answer in time. init tries again for some seconds, or, where a script needs the answer, for a minute.",
    remedy:
      "Check on the node that the address of the kubernetes Service answers: curl -k https://KUBERNETES_SERVICE_HOST:PORT/readyz. kube-proxy or the network plugin may be down.",
    reportedBy: "init",
    cause: causeOf,
    fix: ({ task }: Call) =>
      orElse(task, "Check that the API server is up and can be reached from this node"),
    example: { ...EXAMPLE, what: "connection refused" },
  },
  ApiServerError: {
    title: "The API server answers with an error of its own",
    meaning:
      "The API server is overloaded or not ready (429 or 5xx). init tries again, and waits as long as the server asks for.",
    remedy: "Check the health of the API server and of etcd: kubectl get --raw '/readyz?verbose'.",
    reportedBy: "init",
    cause: causeOf,
    fix: ({ task }: Call) =>
      orElse(task, "Check the API server's health: kubectl get --raw '/readyz?verbose'"),
    example: { ...EXAMPLE, what: "503 ServiceUnavailable: etcdserver: no leader" },
  },
  ApiUnauthorized: {
    title: "The API server does not accept the ServiceAccount's token",
    meaning:
      "The token has expired or is unknown to the API server. init reads the token again and tries once more before it reports this.",
    remedy:
      "Check that the ServiceAccount still exists and that the clock of the node is right. Deleting the pod gives it a new token.",
    reportedBy: "init",
    cause: causeOf,
    fix: ({ task }: Call) =>
      orElse(
        task,
        "The ServiceAccount's token is not valid: check that the ServiceAccount still exists and that this node's clock is right",
      ),
    example: { ...EXAMPLE, what: "401 Unauthorized" },
  },
  ApiForbidden: {
    title: "The ServiceAccount may not do this",
    meaning: "RBAC does not allow the call to the pod's ServiceAccount.",
    remedy:
      "Add the rule that the message names to a Role or ClusterRole of the ServiceAccount. deploy/rbac.yaml holds all rules that init uses.",
    reportedBy: "init",
    cause: causeOf,
    fix: ({ task, rule }: Call & { readonly rule: string }) =>
      orElse(task, `Allow the pod's ServiceAccount ${rule} (${rulesFor(task)})`),
    example: {
      ...EXAMPLE,
      what: '403 Forbidden: pods "node-x7k2p" is forbidden: User "system:serviceaccount:storageos:storageos-daemonset-sa" cannot get resource "pods" in API group "" in the namespace "storageos"',
      rule: '"get" on pods in namespace storageos',
    },
  },
  ApiObjectNotFound: {
    title: "The API server has no such object",
    meaning: "The call names an object that does not exist, or no longer exists.",
    remedy: "Check the name and the namespace in the message.",
    reportedBy: "init",
    cause: causeOf,
    fix: ({ task }: Call) => orElse(task, "Check that this object exists"),
    example: { ...EXAMPLE, what: '404 NotFound: pods "node-x7k2p" not found' },
  },
  ApiRequestRejected: {
    title: "The API server rejects the request",
    meaning:
      "The ServiceAccount may make the call, but an admission policy, a webhook or the API's own validation rejects what it holds.",
    remedy: "Read the answer in the message: it names the policy, webhook or field.",
    reportedBy: "init",
    cause: causeOf,
    fix: ({ task }: Call) =>
      orElse(task, "Change the policy, webhook or setting that the answer names"),
    example: {
      ...EXAMPLE,
      task: "report the node condition",
      what: "422 Invalid: ValidatingAdmissionPolicy 'storageos-init-node-condition' denied request: may change only the node that its token is bound to",
    },
  },
  ApiAnswerUnreadable: {
    title: "What answers is not the cluster's API server",
    meaning:
      "The answer is not an object of the Kubernetes API: a proxy or another server answers.",
    remedy:
      "Check what listens at the address that KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT name.",
    reportedBy: "init",
    cause: causeOf,
    fix: ({ task }: Call) =>
      orElse(task, "Check that the server there is the cluster's API server"),
    example: { ...EXAMPLE, what: "the answer is not a JSON object" },
  },
  PodNotFound: {
    title: "init cannot find the pod that it runs in",
    meaning:
      "init looks for its pod in the downward API, the claims of its token, the host's /var/log/pods, and the API. None of them shows it, so there are no pod events, and the node image is read from the DaemonSet.",
    remedy:
      "Set POD_NAME, POD_NAMESPACE and POD_UID from the downward API, or allow the ServiceAccount list on pods.",
    reportedBy: "init",
    cause: ({ tried }: { readonly tried: string }) => `cannot find this pod: ${tried}`,
    fix: () =>
      'Set POD_NAME, POD_NAMESPACE and POD_UID from the downward API (fieldRef metadata.name, metadata.namespace, metadata.uid), or allow the pod\'s ServiceAccount "list" on pods (deploy/rbac.yaml)',
    example: { tried: "POD_NAME, POD_NAMESPACE and POD_UID are not all set" },
  },
  NodeContainerNotFound: {
    title: "The pod has no container with the name of the node container",
    meaning: "The node image is that of the container --container, and there is none of this name.",
    remedy: "Name the node container with --container.",
    reportedBy: "init",
    cause: (p: { readonly object: string; readonly container: string; readonly present: string }) =>
      `cannot look up the node image: ${p.object} has no container "${p.container}", only ${p.present}`,
    fix: () => orElse("look up the node image", "Name the node container with --container"),
    example: { object: "Pod storageos/node-x7k2p", container: "storageos", present: '"node"' },
  },
  DaemonSetNotFound: {
    title: "The DaemonSet to read the node image from does not exist",
    meaning:
      "init cannot read its own pod, and there is no DaemonSet with the name and namespace that it has.",
    remedy:
      "Name the DaemonSet with -dsName and -dsNamespace (DAEMONSET_NAME, DAEMONSET_NAMESPACE).",
    reportedBy: "init",
    cause: causeOf,
    fix: ({ task }: Call) =>
      orElse(task, "Name this pod's DaemonSet with -dsName and -dsNamespace"),
    example: { ...EXAMPLE, what: '404 NotFound: daemonsets.apps "other" not found' },
  },
  NodeImageInvalid: {
    title: "The node image is not an image reference",
    meaning: "What -nodeImage or NODE_IMAGE gives cannot name an image.",
    remedy: "Correct it where it is set.",
    reportedBy: "init",
    cause: ({ source, what }: { readonly source: string; readonly what: string }) =>
      `cannot use the node image from ${source}: ${what}`,
    fix: ({ source }: { readonly source: string; readonly what: string }) => `Correct ${source}`,
    example: { source: "NODE_IMAGE", what: '"Storage OS" is not an image reference' },
  },
} as const satisfies Entries;

/** The codes of a call that gave no usable answer. */
export type ApiCode = Extract<keyof typeof CLUSTER, `Api${string}`>;
