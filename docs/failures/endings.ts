import type { Topic } from "./topic.ts";

export const ENDINGS: Topic = {
  title: "How a run and its scripts end",
  where: "In the termination message, in the events and at the end of the log.",
  messages: [
    {
      message: "init failed: …",
      meaning: "The node is not prepared; the rest of the line says why.",
      fix: "Do what the line `fix:` below it says.",
    },
    {
      message: "cause: …",
      meaning: "What went wrong, in the script's own words if it left some.",
      fix: "See `fix:`.",
    },
    {
      message: "fix: …",
      meaning: "What to do.",
      fix: "Do it; the next start passes.",
    },
    {
      message: 'script "…" failed: …',
      meaning: "This script stopped the run; the scripts after it did not run.",
      fix: "The lines `cause:` and `fix:` say what; the script's output stands above.",
    },
    {
      message: "exit status …",
      meaning:
        "The script found something wrong and ended with this status. 126: a command is not executable; 127: a command was not found.",
      fix: "Read what the script printed.",
    },
    {
      message: "killed by SIGKILL",
      source: "killed by …",
      meaning: "A signal ended the script: with SIGKILL most likely the OOM killer.",
      fix: "Look at `dmesg`; raise the container's memory limit.",
    },
    {
      message: "timed out: its timeout of … passed",
      source: "timed out: … … passed…",
      meaning: "The script did not end in its time.",
      fix: "Find what it waits for, or set `timeout` in it, or `--timeout`.",
    },
    {
      message: "timed out: the run's timeout of … passed",
      source: "timed out: … … passed…",
      meaning: "All scripts together took too long; this one was running.",
      fix: "Find what it waits for, or raise `--total-timeout`.",
    },
    {
      message: ", and even SIGKILL did not end it (it may hang in the kernel on a disk or a mount)",
      meaning: "A process hangs in the kernel.",
      fix: "Look at `dmesg` and in `ps` for state `D`; mend the disk or mount, or reboot the node.",
    },
    {
      message: "ended by SIGTERM",
      source: "ended by …",
      meaning: "Kubernetes, or somebody, ended the container while the script ran.",
      fix: "Nothing, if the pod was deleted; else look at the pod's events.",
    },
    {
      message: "ended by … before all scripts had run",
      meaning: "Kubernetes, or somebody, ended the container between two scripts.",
      fix: "Nothing, if the pod was deleted; else look at the pod's events.",
    },
    {
      message: "the run's deadline of … passed before all scripts had run. Raise --total-timeout",
      meaning: "No time was left for the remaining scripts.",
      fix: "See in the table which script took the time; raise `--total-timeout`.",
    },
    {
      message: "init failed: ended by … after …",
      meaning: "The whole run was ended: by a signal, or by its own deadline.",
      fix: "After a signal look at the pod's events; after the deadline raise `--total-timeout`.",
    },
    {
      message: "the run's deadline",
      meaning: "What ended the run: its deadline, not a signal.",
      fix: "Raise `--total-timeout`.",
    },
    {
      message: "the run's deadline passed",
      meaning: "Reason why a script was not run, or not tried again.",
      fix: "Raise `--total-timeout`.",
    },
    {
      message: "cannot start it: …",
      meaning: "The kernel refused to run the script; see the next table.",
      fix: "See the next table.",
    },
    {
      message:
        "…: the container ended while it ran. If nothing else says why, look for the OOM killer in the node's kernel log",
      meaning:
        "Written in advance, and left there because the container was killed without warning: out of memory, or the node went down.",
      fix: "Look at `dmesg` on the node; raise the container's memory limit.",
    },
    {
      message: 'script "…" passed with a warning',
      meaning: "The script told a warning, or failed with `on-failure=warn`; the run went on.",
      fix: "Mend it when there is time.",
    },
    {
      message: "prepared with … in …: …: …",
      meaning: "The node is prepared, with warnings.",
      fix: "Read the warnings.",
    },
    {
      message: "prepared with …",
      meaning: "The same, in the log.",
      fix: "Read the warnings.",
    },
    {
      message: "prepared: … in …",
      meaning: "The node is prepared.",
      fix: "Nothing.",
    },
    {
      message: "init: a defect in init itself, please report it: …",
      meaning: "Exit status 70.",
      fix: "Report it, with the stack below it.",
    },
  ],
};

export const START_ERRORS: Topic = {
  title: "Why a script cannot be started",
  where: "After `cannot start it:`, with the system's name for it in brackets.",
  messages: [
    {
      message: "it, or the interpreter or loader that it names, is not there",
      meaning:
        "The file vanished after it was checked, or its interpreter needs a loader (libc) that the image lacks.",
      fix: "Put the interpreter and its libraries into the image.",
    },
    {
      message: "the kernel does not know its format",
      meaning: "A program for another CPU, or a broken file.",
      fix: "Build it for the node's architecture.",
    },
    {
      message: "permission denied",
      meaning: "The file, or a directory above it, may not be executed.",
      fix: "`chmod +x`; look for a `noexec` mount, or SELinux and AppArmor in `dmesg`.",
    },
    {
      message: "not permitted",
      meaning: "A security policy forbids it.",
      fix: "Look at the container's securityContext and at `dmesg`.",
    },
    {
      message: "it is open for writing",
      meaning: "Somebody is writing the file just now.",
      fix: "The next start passes when the writer has closed it.",
    },
    {
      message: "its environment is too large",
      meaning: "The container's variables together are too long for the kernel.",
      fix: "Give the container fewer or shorter variables.",
    },
    {
      message: "no further process is allowed",
      meaning: "A limit on processes is reached.",
      fix: "Raise the pod's pids limit (`podPidsLimit` of kubelet), or `ulimit -u`.",
    },
    {
      message: "out of memory",
      meaning: "The kernel has no memory for a new process.",
      fix: "Raise the container's memory limit; free memory on the node.",
    },
    {
      message: "init has too many files open",
      meaning: "A limit of the container.",
      fix: "Raise the open-files limit of the container runtime.",
    },
    {
      message: "the node has too many files open",
      meaning: "A limit of the whole node.",
      fix: "Raise `fs.file-max`; find who holds so many files.",
    },
    {
      message: "too many interpreters that are scripts themselves",
      meaning: "A shebang names a script, whose shebang names a script, and so on.",
      fix: "Name a real program in the shebang.",
    },
  ],
};
