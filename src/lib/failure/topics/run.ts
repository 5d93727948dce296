import type { Entries } from "../failure.ts";

type Start = {
  /** What the kernel answered, with the name of its error (errno(3)): `permission denied (EACCES)`. */
  readonly why: string;
};

/** What hinders the run itself: the kernel refuses to start a script, or a limit is reached. */
export const RUN = {
  ScriptNotStarted: {
    title: "The kernel refused to start a script",
    meaning: "The script was found and looked right, but the kernel cannot run it.",
    remedy:
      "Check that the script and its interpreter are in the image, executable, and built for this CPU architecture.",
    reportedBy: "init",
    cause: causeOfStart,
    fix: ({ errno }: { errno: string }) => FIXES[errno] ?? FIX,
    example: { why: "the kernel does not know its format (ENOEXEC)", errno: "ENOEXEC" },
  },
  ScriptRemoved: {
    title: "A script was removed before its turn",
    meaning:
      "The script was there when the run began. Another script, or a change of its volume, removed it.",
    remedy: "Find what removes the script. A later restart sees the directory as it is then.",
    reportedBy: "init",
    cause: causeOfStart,
    fix: () => "Find what removes it: an earlier script, or whoever changes the scripts directory",
    example: { why: "it was removed after the run had begun (ENOENT)" },
  },
  ScriptBusy: {
    title: "A script is open for writing",
    meaning: "The kernel does not run a program while a process has it open for writing.",
    remedy:
      "Find the process that writes the file. The next restart succeeds when it has closed it.",
    reportedBy: "init",
    cause: causeOfStart,
    fix: () => "Find what writes it (fuser -v FILE), and let that write a new file and rename it",
    example: { why: "it is open for writing (ETXTBSY)" },
  },
  ScriptPermissionDenied: {
    title: "Starting a script is forbidden",
    meaning:
      "The script or its interpreter may not be executed: because of its mode, a file system mounted noexec, or a security module.",
    remedy:
      "Look at the mode of the script, of its interpreter and of the directories above them, at the mount options, and for SELinux or AppArmor in the node's kernel log.",
    reportedBy: "init",
    cause: causeOfStart,
    fix: () =>
      "Check the mode of the script and of its interpreter, a mount with noexec, and SELinux or AppArmor in the node's kernel log",
    example: { why: "permission denied (EACCES)" },
  },
  ProcessLimitReached: {
    title: "No further process is allowed",
    meaning:
      "A limit on processes is reached: the pod's pids limit, `ulimit -u`, or the node's kernel.pid_max or threads-max.",
    remedy:
      "Find what has started so many processes, or raise the limit: podPidsLimit of kubelet, ulimit -u, kernel.pid_max.",
    reportedBy: "init",
    cause: causeOfStart,
    fix: () =>
      "Find what starts so many processes (ps -eLf), or raise the pod's pids limit (podPidsLimit of kubelet) or kernel.pid_max",
    example: { why: "the limit of processes is reached (EAGAIN)" },
  },
  FileLimitReached: {
    title: "No further file can be opened",
    meaning:
      "A limit on open files is reached: that of the container (`ulimit -n`), or of the node (fs.file-max).",
    remedy:
      "Raise the limit: ulimit -n in the container runtime's service, or fs.file-max on the node.",
    reportedBy: "init",
    cause: causeOfStart,
    fix: ({ errno }: { errno: string }) =>
      errno === "ENFILE"
        ? "Find what holds so many files open, or raise fs.file-max on the node"
        : "Raise the limit of open files (ulimit -n; LimitNOFILE of the container runtime's service)",
    example: { why: "init has too many files open (EMFILE)", errno: "EMFILE" },
  },
  MemoryExhausted: {
    title: "No memory is left for another process",
    meaning: "The kernel has no memory for another process.",
    remedy: "Raise the memory limit of the init container, or free memory on the node.",
    reportedBy: "init",
    cause: causeOfStart,
    fix: () => "Raise the memory limit of the init container, or free memory on the node",
    example: { why: "out of memory (ENOMEM)" },
  },
} as const satisfies Entries;

function causeOfStart({ why }: Start): string {
  return `cannot start it: ${why}`;
}

const FIX = "Check that the script and its interpreter are in the image, for this CPU architecture";

const FIXES: Readonly<Record<string, string>> = {
  E2BIG: "Give the container fewer or shorter environment variables",
  ELOOP: "Name a program in the shebang: its interpreter is itself a script, and so on",
  ENOEXEC: "Build it for the CPU architecture of this node, or copy it again: it may be damaged",
  ENOENT: "Install the interpreter or loader that it names in the image",
  EPERM: "Check the container's securityContext, and SELinux or AppArmor in the node's kernel log",
};
