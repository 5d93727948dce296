import type { Entries } from "../failure.ts";

/** Why `init status` and `init logs` cannot show what is asked for. */
export const FLEET = {
  KubectlMissing: {
    title: "kubectl is not found",
    meaning: "The cluster is reached through kubectl, and there is none on PATH.",
    remedy: "Install kubectl, name another with `--kubectl`, or read a file with `-f`.",
    reportedBy: "init status, init logs",
    cause: ({ kubectl }: { kubectl: string }) => `cannot find ${kubectl}`,
    fix: () => "Install it, name another with --kubectl, or read a file with -f",
    example: { kubectl: "kubectl" },
  },
  ListFailed: {
    title: "Objects cannot be listed",
    meaning: "kubectl failed; the rest of the message is from kubectl.",
    remedy: "Try the same with kubectl.",
    reportedBy: "init status, init logs",
    cause: ({ what, why }: { what: string; why: string }) => `cannot list ${what}: ${why}`,
    fix: ({ command }: { command: string }) => `Try the same with kubectl: ${command}`,
    example: {
      what: "pods",
      why: "Unable to connect to the server: dial tcp: i/o timeout",
      command: "kubectl get pods",
    },
  },
  ListForbidden: {
    title: "The right to list objects is missing",
    meaning: "Your user may not list these objects there.",
    remedy: "Give a namespace with `-n`, or ask for the right to list them.",
    reportedBy: "init status, init logs",
    cause: ({ what, why }: { what: string; why: string }) => `cannot list ${what}: ${why}`,
    fix: ({ what, namespace = "" }: { what: string; namespace?: string }) =>
      namespace === ""
        ? `Give a namespace with -n, or ask for the right to list ${what} in all namespaces`
        : `Ask for the right to list ${what} in namespace ${namespace}`,
    example: { what: "pods", why: "Error from server (Forbidden)" },
  },
  ListUnreadable: {
    title: "The answer of the API server is not a list",
    meaning: "What kubectl printed is not the JSON of a list.",
    remedy: "Look at what kubectl prints.",
    reportedBy: "init status, init logs",
    cause: ({ what, why }: { what: string; why: string }) =>
      `cannot read the list of ${what}: ${why}`,
    fix: ({ command }: { command: string }) => `Look at what kubectl prints: ${command}`,
    example: { what: "pods", why: "it is not JSON", command: "kubectl get --raw /api/v1/pods" },
  },
  WatchFailed: {
    title: "Pods cannot be watched",
    meaning: "The watch ended with an error; the rest of the message is from kubectl.",
    remedy: "init tries again. Ask for the right to watch pods if that is missing.",
    reportedBy: "init status --watch",
    cause: ({ why }: { why: string }) => `cannot watch pods: ${why}`,
    fix: () => "Check that you may watch pods: kubectl auth can-i watch pods",
    example: { why: "Error from server (Forbidden)" },
  },
  NoAnswer: {
    title: "The API server has not answered in time",
    meaning: "Within `--timeout` no complete list came from the API server.",
    remedy: "Check the API server, or give more time.",
    reportedBy: "init status --timeout",
    cause: ({ timeout, why = "" }: { timeout: string; why?: string }) =>
      `no answer from the API server within ${timeout}${why === "" ? "" : ` (${why})`}`,
    fix: () => "Check the API server (kubectl get --raw /readyz), or give a longer --timeout",
    example: { timeout: "5s" },
  },
  FileUnreadable: {
    title: "A file cannot be read",
    meaning: "The file of `-f` does not exist, or you may not read it.",
    remedy: "Correct its path or its mode.",
    reportedBy: "init status -f",
    cause: ({ file, why }: { file: string; why: string }) => `cannot read ${file}: ${why}`,
    fix: () => "Correct the path or the file's mode",
    example: { file: "pods.json", why: "ENOENT" },
  },
  FileNotJson: {
    title: "A file is not what kubectl prints as JSON",
    meaning: "The file of `-f` is not JSON, or it was cut off.",
    remedy: "Get the list again, with `-o json` and without stderr in it.",
    reportedBy: "init status -f",
    cause: ({ file, why }: { file: string; why: string }) => `cannot read ${file}: ${why}`,
    fix: () => `Give what this prints: ${GET_ALL}`,
    example: { file: "pods.json", why: "it ends in the middle of a document" },
  },
  FileOtherFormat: {
    title: "A file is in another format of kubectl",
    meaning: "The file of `-f` is YAML or a table. Only JSON is read.",
    remedy: "Get the list again with `-o json`.",
    reportedBy: "init status -f",
    cause: ({ file, format }: { file: string; format: string }) =>
      `cannot read ${file}: it is ${format}, not JSON`,
    fix: () => `Get it with -o json: ${GET_ALL}`,
    example: { file: "pods.yaml", format: "YAML" },
  },
  FileIncomplete: {
    title: "A file holds one page of a list",
    meaning:
      "The list in the file goes on (metadata.continue, remainingItemCount), and what is missing is not known.",
    remedy: "Get the whole list: kubectl get without `--raw` puts all pages together.",
    reportedBy: "init status -f",
    cause: ({ file, remaining = "" }: { file: string; remaining?: string }) =>
      `cannot use ${file}: it is one page of a longer list${remaining === "" ? "" : `, ${remaining} objects are missing`}`,
    fix: () => `Get the whole list: ${GET_ALL}`,
    example: { file: "pods.json", remaining: "4500" },
  },
  SelectorInvalid: {
    title: "A label selector is invalid",
    meaning: "A flag's value is not a selector as kubectl takes it.",
    remedy: "Write requirements such as a=b, a!=b, a in (b,c), with commas between them.",
    reportedBy: "init status, init logs",
    cause: ({ flag, text, part }: { flag: string; text: string; part: string }) =>
      `cannot use ${flag} ${text}: "${part}" is not a requirement`,
    fix: () => "Write requirements such as a=b, a!=b or 'a in (b,c)', with commas between them",
    example: { flag: "-l", text: "a=b c", part: "a=b c" },
  },
  FileCannotBeWatched: {
    title: "A file cannot be watched",
    meaning: "`-f` reads a file once.",
    remedy: "Leave out `-f`, or `--watch` and `--timeout`.",
    reportedBy: "init status -f",
    cause: () => "cannot watch a file",
    fix: () => "Leave out -f, or --watch and --timeout",
    example: {},
  },
  NoPods: {
    title: "No pods were found",
    meaning: "There is nothing to report: neither pods nor a DaemonSet that is to have any.",
    remedy: "Give their namespace with `-n` and their labels with `-l`.",
    reportedBy: "init status, init logs",
    cause: ({ where }: { where: string }) => `unknown: no pods ${where}`,
    fix: () => "Give their namespace with -n and their labels with -l",
    example: { where: "with the labels app=storageos in any namespace" },
  },
  NoDaemonSetPods: {
    title: "No pod is of a DaemonSet",
    meaning:
      "Pods were found, but none that a DaemonSet owns: anybody can make such pods, so they prove nothing.",
    remedy: "Give the namespace and the labels of the DaemonSet's pods.",
    reportedBy: "init status, init logs",
    cause: ({ pods, where }: { pods: string; where: string }) =>
      `unknown: none of ${pods} ${where} is of a DaemonSet`,
    fix: () => "Give the namespace of the DaemonSet with -n and the labels of its pods with -l",
    example: { pods: "3 pods", where: "in namespace a" },
  },
  NoInitContainer: {
    title: "No pod has the init container",
    meaning: "Pods were found, but none with an init container that runs init.",
    remedy: "Name the init container with `--container`.",
    reportedBy: "init status, init logs",
    cause: ({ pods, container }: { pods: string; container: string }) =>
      `unknown: none of ${pods} has the init container ${container}`,
    fix: () => "Name the init container with --container",
    example: { pods: "3 pods", container: "storageos-init" },
  },
  NothingDesired: {
    title: "The DaemonSet selects no nodes",
    meaning: "There is a DaemonSet, and it is to have no pods.",
    remedy: "Check its node selector and the taints of the nodes.",
    reportedBy: "init status",
    cause: ({ daemonSets }: { daemonSets: string }) =>
      `unknown: DaemonSet ${daemonSets} selects no nodes`,
    fix: () => "Check its node selector and the taints of the nodes; --nodes all shows them",
    example: { daemonSets: "kube-system/storageos-daemonset" },
  },
  OutputFailed: {
    title: "The report cannot be written",
    meaning: "Standard output takes no more: usually the disk is full.",
    remedy: "Make room, or write somewhere else.",
    reportedBy: "init status, init logs",
    cause: ({ why }: { why: string }) => `cannot write to standard output: ${why}`,
    fix: () => "Make room on the disk, or write to another place",
    example: { why: "ENOSPC" },
  },
  MetricsFailed: {
    title: "The metrics cannot be written",
    meaning: "The file of `--metrics-file` cannot be replaced.",
    remedy: "Correct its path or the directory's mode.",
    reportedBy: "init status --metrics-file",
    cause: ({ file, why }: { file: string; why: string }) => `cannot write ${file}: ${why}`,
    fix: () => "Correct the path of --metrics-file, or the directory's mode",
    example: { file: "/var/lib/node_exporter/init.prom", why: "ENOENT" },
  },
} as const satisfies Entries;

/** What a file has to hold so that everything is known. */
const GET_ALL = "kubectl get pods,daemonsets,events,nodes -A -o json";
