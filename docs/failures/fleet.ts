import type { Topic } from "./topic.ts";

export const FLEET: Topic = {
  title: "`init status` and `init logs`",
  where: "On the operator's own machine; see [fleet.md](fleet.md).",
  messages: [
    {
      message: "cannot find …: install it, name another with --kubectl, or read a file with -f",
      meaning: "kubectl is not on PATH.",
      fix: "As it says.",
    },
    {
      message: "cannot list pods: …",
      meaning: "kubectl failed; the rest is what it said.",
      fix: "Try the same with `kubectl get pods`.",
    },
    {
      message: ". Without -n all namespaces are looked at: give one with -n",
      meaning: "You may not list pods of all namespaces.",
      fix: "As it says.",
    },
    {
      message: ". It needs the right to list pods in that namespace",
      meaning: "You may not list pods there.",
      fix: "Ask for the right.",
    },
    {
      message: "cannot read the list of pods: …",
      meaning: "The answer is no list; the rest says why.",
      fix: "Look at what `kubectl get pods -o json` prints.",
    },
    {
      message: "cannot list nodes: …",
      meaning: "kubectl failed; the rest is what it said.",
      fix: "Leave out `--nodes`, or ask for the right to list nodes.",
    },
    {
      message: "cannot watch pods: …",
      meaning: "The watch ended for good; the rest is what kubectl said.",
      fix: "Ask for the right to watch pods.",
    },
    {
      message: "… ended with exit status …",
      meaning: "kubectl failed without a word.",
      fix: "Run it by hand.",
    },
    {
      message: "cannot read …: …",
      meaning: "A file cannot be read; the rest says why.",
      fix: "Correct its path or mode.",
    },
    {
      message: "cannot read …: …; give what kubectl get pods -o json printed",
      meaning: "The file of `-f` is not such a list.",
      fix: "As it says.",
    },
    {
      message: "… is not JSON",
      meaning: "Part of the list is broken.",
      fix: "Fetch it again.",
    },
    {
      message: "it is not JSON",
      meaning: "Part of the list is broken.",
      fix: "Fetch it again.",
    },
    {
      message: "it is not JSON throughout",
      meaning: "Something else stands behind or between.",
      fix: "Fetch it again, without stderr in it.",
    },
    {
      message: "it ends in the middle of a document",
      meaning: "The list was cut off.",
      fix: "Fetch it again.",
    },
    {
      message: "cannot watch a file: leave out -f, or --watch and --timeout",
      meaning: "A file does not change.",
      fix: "As it says.",
    },
    {
      message: "cannot choose the nodes of a file by labels: with -f give --nodes all",
      meaning: "A file has no labels to ask for.",
      fix: "As it says.",
    },
    {
      message: "cannot tell: of … none has the init container …; name it with --container",
      meaning: "There are pods, but other ones.",
      fix: "As it says.",
    },
    {
      message: "cannot tell: there are no pods in …",
      meaning: "The file has none.",
      fix: "Fetch it again, from the right namespace.",
    },
    {
      message:
        "cannot tell: there are no pods …; give their namespace with -n and their labels with -l",
      meaning: "Nothing was found where it was looked for.",
      fix: "As it says.",
    },
    {
      message: "cannot find …: no node with such a pod and no pod of that name …",
      meaning: "`init logs` looked for both.",
      fix: "Check the name; give `-n`.",
    },
    {
      message: 'cannot show logs of "…": no node or pod has such a name',
      meaning: "The word cannot be a name.",
      fix: "Check the name.",
    },
    {
      message: "cannot show the last run: …",
      meaning: "kubectl logs failed; the rest is what it said.",
      fix: "Look at the pod with `kubectl describe`.",
    },
    {
      message: "init: cannot show the run before: …",
      meaning: "Its log is gone, as a rule.",
      fix: "Read [the record](record.md) on the node.",
    },
    {
      message: "no node takes the pod: …",
      meaning: "The scheduler found no place; the rest is its word.",
      fix: "Look at taints, selectors and resources.",
    },
    {
      message: "the pod ended…",
      meaning: "It was evicted or failed as a whole.",
      fix: "Delete the pod.",
    },
    {
      message: "the node has no pod",
      meaning: "The DaemonSet made none for it.",
      fix: "`kubectl describe daemonset`; look at taints.",
    },
    {
      message: "out of memory (OOMKilled)",
      meaning: "The init container was killed.",
      fix: "Raise its memory limit.",
    },
    {
      message: "…, without a word of why",
      meaning: "Ended without a termination message.",
      fix: "`init logs NODE`.",
    },
    {
      message: "prepared for …, which is not what the pod runs",
      meaning: "The image was changed after the node was prepared.",
      fix: "Delete the pod, so that the node is prepared again.",
    },
    {
      message: "prepared with another node image than most: …",
      meaning: "An update is rolling out, or is stuck.",
      fix: "`kubectl rollout status`.",
    },
    {
      message: "pods without the init container, left out: …",
      meaning: "Other pods matched.",
      fix: "Narrow `-l`, or name it with `--container`.",
    },
    {
      message: "init …, while others have …",
      meaning: "Nodes ran different releases of init.",
      fix: "Nothing during an update.",
    },
    {
      message: "no termination message of init: it is older than 3.0, or ended before it wrote one",
      meaning: "Nothing is known of these nodes' scripts.",
      fix: "Update init.",
    },
  ],
};
