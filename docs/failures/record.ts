import type { Topic } from "./topic.ts";

export const EVENTS: Topic = {
  title: "Pod events",
  where: "In the log only; the run goes on, without events.",
  messages: [
    {
      message: "cannot post pod events: …. …",
      meaning: "None will come in this run; the rest says why and what to do.",
      fix: "As it says.",
    },
    {
      message: "cannot post pod event …: …. …",
      meaning: "This one did not arrive.",
      fix: "As it says.",
    },
    {
      message: '… of script "…"',
      meaning: "Which event it was.",
      fix: "Nothing.",
    },
    {
      message: "pod events are off: …",
      meaning: "init is not in a cluster, or cannot tell its pod.",
      fix: "Nothing, or pass `--events off`.",
    },
    {
      message: "cannot post pod events, by a defect in storageos-init: …",
      meaning: "A bug; the run is not touched by it.",
      fix: "Please report it.",
    },
  ],
};

export const RECORD: Topic = {
  title: "The record on the node",
  where: "In the log only; the run goes on. Without a record, scripts with `once` run again.",
  messages: [
    {
      message: "keeping no record in …: …",
      meaning: "The state directory cannot be used; the rest says why.",
      fix: "Mount the host's directory there, writable.",
    },
    {
      message: "… does not exist; mount it, or set --state-dir",
      meaning: "The directory above the state directory is not mounted.",
      fix: "As it says.",
    },
    {
      message: "cannot record this run in …: …; the run goes on",
      meaning: "The record could not be written; the rest says why.",
      fix: "Look at the node's disk.",
    },
    {
      message: "the disk has not answered for … s",
      meaning: "Writing hangs.",
      fix: "Look at `dmesg` and at the disk.",
    },
    {
      message: "cannot write …: …",
      meaning: "A file of the record could not be replaced; the old one stays.",
      fix: "Look at the node's disk: full, read-only or broken.",
    },
    {
      message: "no space left on the disk",
      meaning: "The disk of the state directory is full.",
      fix: "Free space.",
    },
    {
      message: "waiting for another run on this host (…) that has …",
      meaning:
        "Two pods, or a pod and a person, prepare the same node; the second waits for the first.",
      fix: "Nothing; if it lasts, look at that process.",
    },
    {
      message: "it has not told its pid yet",
      meaning: "Which run it is cannot be seen.",
      fix: "Nothing.",
    },
    {
      message: "pid … there, since …",
      meaning: "Which run it is; the pid is that of its own container.",
      fix: "Nothing.",
    },
    {
      message: "another run has it",
      meaning: "This run was ended while it waited for the other.",
      fix: "Nothing.",
    },
    {
      message:
        "an earlier run was cut off (power loss, SIGKILL or a reboot) while … ran, which had started at …",
      meaning: "The node lost power, rebooted, or the container was killed while that script ran.",
      fix: "If it comes again and again, that script brings the node down: look at `dmesg` and the memory limit.",
    },
    {
      message: "downgrade: this node was last prepared for … (…) and is now for … (…)",
      meaning: "The node goes back to an older node image.",
      fix: "If nobody wanted that, correct the DaemonSet's image.",
    },
  ],
};
