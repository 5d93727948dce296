import type { Topic } from "./topic.ts";

export const PROGRESS: Topic = {
  title: "While it runs",
  where: "In the log only; the run goes on.",
  messages: [
    {
      message: "scripts: […]",
      meaning: "What will run, in this order.",
      fix: "Nothing.",
    },
    {
      message: "exec: …",
      meaning: "This script starts now.",
      fix: "Nothing.",
    },
    {
      message: "skipped: …: …",
      meaning: "The script was not run; the rest says why.",
      fix: "Nothing.",
    },
    {
      message: "… attempts",
      meaning: "In the table at the end: how often the script was tried.",
      fix: "Nothing, but see why it failed at first.",
    },
    {
      message: "still running: … (… s)",
      meaning: "A sign of life every 30 s while a script is silent.",
      fix: "Nothing, until it takes much longer than on other nodes.",
    },
    {
      message: "retrying in …, … left",
      meaning: "The script failed and has `retries`.",
      fix: "Nothing.",
    },
    {
      message: "retrying after …",
      meaning: "The same, in the JSON log.",
      fix: "Nothing.",
    },
    {
      message: "(attempt …)",
      meaning: "Behind `exec:`: this is not the first try.",
      fix: "Nothing.",
    },
    {
      message: "warning: …; the run goes on",
      meaning: "The script told a warning, or failed with `on-failure=warn`.",
      fix: "Mend it when there is time.",
    },
    {
      message: "passed with a warning",
      meaning: "The same, in the table at the end.",
      fix: "Mend it when there is time.",
    },
    {
      message: "node version … is not in its range …",
      meaning: "Why the script was skipped: its `node-image` is not for this version.",
      fix: "Nothing.",
    },
    {
      message: "it passed for this node image at …",
      meaning: "Why the script was skipped: `once=per-node-image`, and the record has it.",
      fix: "Nothing; to run it again, take `record.jsonl` off the node: then all scripts with `once` run.",
    },
    {
      message: "it passed with this content at …",
      meaning: "Why the script was skipped: `once=per-content`, and the record has it.",
      fix: "Nothing; to run it again, take `record.jsonl` off the node: then all scripts with `once` run.",
    },
    {
      message:
        "… left a process behind that still holds its output; what it prints from now on is not shown",
      meaning: "The script is over, a process that it started in the background is not.",
      fix: "Let the script wait for it, or send its output elsewhere.",
    },
    {
      message:
        "left a process behind that still holds its output; what it prints from now on is not shown",
      meaning: "The same, in the JSON log.",
      fix: "Let the script wait for it, or send its output elsewhere.",
    },
    {
      message: "ended a process that a script left behind: pid … (…)",
      meaning: "Nothing that scripts started outlives the run.",
      fix: "A daemon belongs into a container of its own.",
    },
    {
      message: "ended processes that scripts left behind",
      meaning: "The same, in the JSON log.",
      fix: "A daemon belongs into a container of its own.",
    },
    {
      message: "cannot end a process that a script left behind: pid … (…) did not die of SIGKILL",
      meaning: "It hangs in the kernel.",
      fix: "Look at `dmesg` and in `ps` for state `D`.",
    },
    {
      message: "… failed with errno …",
      meaning: "The kernel refused a system call; the number says why (`errno -l`).",
      fix: "Look at the container's seccomp profile and at the kernel's version.",
    },
    {
      message: "cannot write to stdout: …; what scripts print there is dropped, the run goes on",
      meaning: "Nobody reads the log any more, or its disk is full.",
      fix: "Look at the container runtime and the disk of its logs.",
    },
    {
      message: "cannot write the termination message to …: …",
      meaning: "`kubectl describe pod` shows no cause this time.",
      fix: "Read the log; correct `--termination-log`.",
    },
    {
      message:
        "cannot give scripts a TERMINATION_MESSAGE_PATH: no directory for temporary files is writable; mount an emptyDir at /tmp",
      meaning: "Scripts cannot say their cause and fix; only their output tells.",
      fix: "Mount an emptyDir at `/tmp`.",
    },
  ],
};
