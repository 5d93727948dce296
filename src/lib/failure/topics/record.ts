import type { Entries } from "../failure.ts";

const WITHOUT_RECORD = "Until then scripts with the once setting run again";

/** The state directory with its lock and record, and what earlier runs left. None of these fails a run, but DeadRunAlive. */
export const RECORD = {
  StateDirectoryUnusable: {
    title: "The state directory cannot be used",
    meaning:
      "init keeps its lock and the record of each run in the state directory. It is missing, read-only, a link, or others can write to it, so the run goes on without a record.",
    remedy:
      "Mount the parent directory from the host, or set --state-dir. The directory must belong to the user init runs as, and nobody else may write to it.",
    reportedBy: "init",
    cause: ({ directory, why }: { directory: string; why: string }) =>
      `keeping no record in ${directory}: ${why}`,
    fix: () =>
      `Mount it from the host, owned and writable by the user of init alone, or set --state-dir. ${WITHOUT_RECORD}, and two runs at once are not excluded`,
    example: { directory: "/var/lib/storageos/init", why: "/var/lib/storageos does not exist" },
  },
  LockUnusable: {
    title: "Two runs at once are not excluded",
    meaning:
      "The lock in the state directory is not a file that init can lock. The run goes on without it, and without a record.",
    remedy: "Remove what is in the place of the lock, or use a file system that supports flock(2).",
    reportedBy: "init",
    cause: ({ directory, why }: { directory: string; why: string }) =>
      `two runs at once are not excluded, and no record is kept in ${directory}: ${why}`,
    fix: ({ directory }: { directory: string }) =>
      `Remove ${directory}/lock: init makes a new one. If it cannot be locked, use a file system that supports flock(2). ${WITHOUT_RECORD}`,
    example: { directory: "/var/lib/storageos/init", why: "lock: it is a FIFO" },
  },
  RecordUnusable: {
    title: "The record of earlier runs cannot be used",
    meaning:
      "The record is not a file that only init writes, or it cannot be written. init does not believe it, and the run goes on without a record.",
    remedy:
      "Remove it, or make it a file of the user init runs as that nobody else can write. Free space, if the disk is full.",
    reportedBy: "init",
    cause: ({ directory, why }: { directory: string; why: string }) =>
      `keeping no record in ${directory}: ${why}`,
    fix: ({ directory }: { directory: string }) =>
      `Make ${directory}/record.jsonl a regular file that only the user of init can write, or remove it. ${WITHOUT_RECORD}`,
    example: { directory: "/var/lib/storageos/init", why: "record.jsonl: it is a symbolic link" },
  },
  RecordNotWritten: {
    title: "A run cannot be recorded to its end",
    meaning:
      "An entry of the record, or the last run's file, could not be written. What is recorded before stays; a script of this run without a recorded end counts as not passed.",
    remedy: "Free space on the disk of the state directory, or repair it.",
    reportedBy: "init",
    cause: ({ directory, why }: { directory: string; why: string }) =>
      `cannot record this run in ${directory}: ${why}`,
    fix: () => "Free space on that disk, or repair it. The run goes on without a record",
    example: { directory: "/var/lib/storageos/init", why: "ENOSPC" },
  },
  StateDirectoryHangs: {
    title: "The disk of the state directory does not respond",
    meaning:
      "A system call on the state directory did not return. init waits no longer and goes on without a record; what the disk has taken before is there.",
    remedy:
      "Check the disk that the state directory is on (frozen, or a network disk that is gone): dmesg shows hung tasks. Reboot the node if it does not recover.",
    reportedBy: "init",
    cause: ({ directory, seconds }: { directory: string; seconds: string }) =>
      `keeping no record in ${directory}: no response from its disk for ${seconds} s`,
    fix: () =>
      `Check that disk: it may be frozen, or a network disk that is gone. ${WITHOUT_RECORD}, and two runs at once are not excluded`,
    example: { directory: "/var/lib/storageos/init", seconds: "10" },
  },
  HelperEnded: {
    title: "The process that keeps the record has ended",
    meaning:
      "init uses a child process for everything on the state directory. It could not be started or was killed, so the run goes on without a record.",
    remedy:
      "Raise the pids limit or the memory limit of the pod, if one of them is reached. Look for the OOM killer in the node's kernel log.",
    reportedBy: "init",
    cause: ({ directory, why }: { directory: string; why: string }) =>
      `keeping no record in ${directory}: ${why}`,
    fix: () =>
      `Check the pids limit and the memory limit of the pod. ${WITHOUT_RECORD}, and two runs at once are not excluded`,
    example: {
      directory: "/var/lib/storageos/init",
      why: "cannot start the process that keeps it: EAGAIN",
    },
  },
  RecordSetAside: {
    title: "A damaged record was set aside",
    meaning:
      "The record holds no entry of init, or is longer than 1 MiB. init keeps it under another name, once, and goes on with the entries at its end.",
    remedy: "Delete the file that was set aside when nobody needs it.",
    reportedBy: "init",
    cause: ({ directory, why }: { directory: string; why: string }) =>
      `set ${directory}/record.jsonl aside as record.jsonl.old: ${why}`,
    fix: ({ directory }: { directory: string }) =>
      `Delete ${directory}/record.jsonl.old when nobody needs it. Its last entries still count`,
    example: { directory: "/var/lib/storageos/init", why: "it is 6442450944 bytes long" },
  },
  RecordLinesIgnored: {
    title: "Lines of the record are not entries",
    meaning:
      "Lines of the record are torn, damaged or of a newer version of init. They are ignored; all other lines count.",
    remedy: "Nothing, unless there are many: then delete record.jsonl from the node.",
    reportedBy: "init",
    cause: ({ directory, lines }: { directory: string; lines: string }) =>
      `ignored ${lines} of ${directory}/record.jsonl that init cannot read`,
    fix: () => "Nothing to do: a power cut or another version of init leaves such lines",
    example: { directory: "/var/lib/storageos/init", lines: "1 line" },
  },
  RunInterrupted: {
    title: "An earlier run was interrupted",
    meaning:
      "The node lost power or was rebooted, or the container was killed, before the run had ended. A script may have done half of its work.",
    remedy:
      "Nothing, if it happens once: scripts run again. If it repeats, that script may bring the node down: look at dmesg and at the memory limit of the pod.",
    reportedBy: "init",
    cause: ({ when, at }: { when: string; at: string }) =>
      `an earlier run was interrupted (power loss, SIGKILL or a reboot) ${when} (started ${at})`,
    fix: () => "If this repeats, look at the node's kernel log and at the pod's memory limit",
    example: { when: "while running 10-dbupgrade", at: "2026-11-22T12:40:05.333Z" },
  },
  ChangeInterrupted: {
    title: "A change was interrupted before it had ended",
    meaning:
      "A timeout, a signal or a loss of power ended a script that changes the host, and it has not passed since. It may have done half of its work, and pass now because that half is done. The script gets PREVIOUS_RUN=interrupted.",
    remedy:
      "Check on the node that the change is complete. If a timeout interrupted it, give the script more time: `# init: timeout=…`.",
    reportedBy: "init",
    cause: ({ script, by, at }: { script: string; by: string; at: string }) =>
      `${script} was interrupted by ${by} at ${at} and may have done half of its work`,
    fix: () => "Check that its change is complete; if its timeout ended it, give it more time",
    example: { script: "10-migrate", by: "its timeout", at: "2026-11-22T12:40:05.333Z" },
  },
  AnotherRun: {
    title: "Another run on this host goes on",
    meaning:
      "A run holds the lock of the state directory, and init waits until it has ended, so that two runs never prepare one host at once.",
    remedy:
      "Wait: the wait ends with that run. If it hangs, end its pod; --total-timeout bounds both.",
    reportedBy: "init",
    cause: ({ directory, holder }: { directory: string; holder: string }) =>
      `waiting for another run on this host (${holder}) that has ${directory}/lock`,
    fix: () =>
      "It ends with that run. If that run hangs, delete its pod, or end its process on the node",
    example: {
      directory: "/var/lib/storageos/init",
      holder: "pid 4242 there, since 2026-11-22T12:40:05.333Z",
    },
  },
  DeadRunEnded: {
    title: "Processes of an earlier run were ended",
    meaning:
      "An earlier run was killed and its script kept running. init ended it before it started a script of this run.",
    remedy: "Find out why the earlier run was killed: memory limit, or a deleted pod.",
    reportedBy: "init",
    cause: ({ processes }: { processes: string }) =>
      `ended what an earlier run left when it was killed: ${processes}`,
    fix: () => "Look for the OOM killer in the node's kernel log, or raise the pod's memory limit",
    example: { processes: "pid 4242 (/scripts/10-dbupgrade)" },
  },
  DeadRunAlive: {
    title: "A process of an earlier run cannot be ended",
    meaning:
      "An earlier run was killed, its script still runs, and not even SIGKILL ends it: it hangs in the kernel. Two runs at once could damage the host, so nothing was started.",
    remedy:
      "Repair the disk or mount that it waits for (dmesg shows hung tasks), or reboot the node.",
    reportedBy: "init",
    cause: ({ processes }: { processes: string }) =>
      `cannot start: a process of an earlier run survived SIGKILL: ${processes}`,
    fix: () => "Repair the disk or mount that it waits for (see dmesg), or reboot the node",
    example: { processes: "pid 4242 (/scripts/10-dbupgrade)" },
  },
  UndoNeedsRecord: {
    title: "There is no record to undo by",
    meaning:
      "The record shows what init did on this host, and an undo takes back nothing else. It cannot be read or written, so nothing was started.",
    remedy: "Give init undo the state directory of the runs before, writable.",
    reportedBy: "init",
    cause: ({ directory }: { directory: string }) =>
      `cannot undo: the record in ${directory} cannot be used`,
    fix: () =>
      "Mount the state directory of the runs before, or name it with --state-dir; the log has the reason",
    example: { directory: "/var/lib/storageos/init" },
  },
  KernelKeepsContainer: {
    title: "Only the kernel can end the container",
    meaning:
      "A process of init hangs in the kernel on a disk that does not respond, and not even SIGKILL ends it. A container with its own process namespace ends only after it.",
    remedy: "Repair the disk, or reboot the node. With hostPID the container ends at once.",
    reportedBy: "init",
    cause: ({ path, pid }: { path: string; pid: string }) =>
      `only the kernel can end this container: process ${pid} hangs on the disk of ${path}`,
    fix: () => "Repair that disk, or reboot the node",
    example: { path: "/var/lib/storageos/init", pid: "17" },
  },
  TerminationMessageNotWritten: {
    title: "The termination message cannot be written",
    meaning:
      "The file that kubelet or --termination-log names cannot be written. The log holds everything, and the run is not affected.",
    remedy: "Use a regular file for --termination-log. Free space on the node's disk.",
    reportedBy: "init",
    cause: ({ path, why }: { path: string; why: string }) =>
      `cannot write the termination message to ${path}: ${why}`,
    fix: () => "Name a regular file on a disk with free space; the log holds the message, too",
    example: { path: "/dev/termination-log", why: "ENOSPC" },
  },
} as const satisfies Entries;
