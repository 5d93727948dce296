import type { Access } from "../fleet/kubectl.ts";
import type { FleetConfig, LogsConfig, StatusConfig } from "../fleet/config.ts";
import { flagMaker, type FlagsOf } from "./flag.ts";

/** What the operators label the pods of the DaemonSet with. */
const SELECTOR = "app=storageos,kind=daemonset";

/** Where the pods are and how to get at them, the same for every command about the fleet. */
function fleetFlags(prefix: string) {
  const { text, toggle } = flagMaker(prefix);
  return {
    namespace: text("namespace", "NS", undefined, "where the pods are; default: all namespaces", {
      letter: "n",
    }),
    selector: text("selector", "LABELS", SELECTOR, "labels of the pods; '' = any pod", {
      letter: "l",
      mayBeEmpty: true,
    }),
    container: text(
      "container",
      "NAME",
      undefined,
      "the init container; default: the one whose termination message init wrote, or storageos-init",
    ),
    allNamespaces: toggle("all-namespaces", "A", "in all namespaces, whatever -n says"),
    ...accessFlags(prefix),
  } satisfies FlagsOf<FleetConfig & AllNamespaces>;
}

/** As kubectl users write it; it wins over -n, as with kubectl. */
export type AllNamespaces = { readonly allNamespaces: boolean };

/** How the cluster is reached: kubectl's own flags. */
export function accessFlags(prefix: string) {
  const { text } = flagMaker(prefix);
  return {
    context: text("context", "NAME", undefined, "context of the kubeconfig"),
    kubeconfig: text("kubeconfig", "FILE", undefined, "the kubeconfig"),
    as: text("as", "USER", undefined, "user to act as"),
    kubectl: text("kubectl", "COMMAND", "kubectl", "what reaches the cluster: kubectl, oc, a path"),
  } satisfies FlagsOf<Access>;
}

/** The namespace that is asked for. */
export function inNamespace<Config extends { readonly namespace: string | undefined }>({
  allNamespaces,
  ...config
}: Config & AllNamespaces): Omit<Config, "allNamespaces"> {
  return allNamespaces ? { ...config, namespace: undefined } : config;
}

const status = flagMaker("status-");

export const STATUS_FLAGS = {
  ...fleetFlags("status-"),
  file: status.text(
    "file",
    "FILE",
    undefined,
    "read what kubectl get pods -A -o json printed; - = stdin",
    { letter: "f" },
  ),
  output: status.choice(
    "output",
    ["table", "wide", "json", "markdown", "html"],
    "format of the report",
    { letter: "o" },
  ),
  nodes: status.text(
    "nodes",
    "LABELS",
    undefined,
    "nodes that should have a pod, by their labels; all = every node. Costs one more list",
  ),
  watch: status.toggle("watch", "w", "look until every node is prepared, then report"),
  timeoutMs: status.duration("timeout", "0", "watch, but no longer than this; 0 = no limit"),
  metricsFile: status.text(
    "metrics-file",
    "FILE",
    undefined,
    "also write metrics here, as Prometheus text",
  ),
} as const satisfies FlagsOf<StatusConfig & AllNamespaces>;

const logs = flagMaker("logs-");

export const LOGS_FLAGS = {
  ...fleetFlags("logs-"),
  allFailed: logs.toggle("all-failed", "", "the last 20 lines of every node that failed, by cause"),
} as const satisfies FlagsOf<LogsConfig & AllNamespaces>;
