import type { Entries } from "../failure.ts";

/** What shows a container's log; who knows the pod puts its name there. */
export const LOG_COMMAND = "kubectl logs POD -c CONTAINER";

/** The fix where nothing better is known. In the log itself the output is just above. */
export const SEE_LOG = `See the whole output: ${LOG_COMMAND} (--previous if it was restarted)`;

function fixOfKilled(signal: string): string {
  if (signal === "SIGKILL")
    return "SIGKILL ended a command that it runs: look for the OOM killer in the node's kernel log, and raise the container's memory limit";
  if (["SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE", "SIGSYS"].includes(signal))
    return `A command that it runs crashed (${signal}): check that the command is built for this node, and look at the node's kernel log`;
  return `${signal} ended a command that it runs: find what sent the signal`;
}

/** How scripts end. The codes of this topic describe an ending; a script's own code says more. */
export const SCRIPTS = {
  ScriptFailed: {
    title: "A script failed and gave no code",
    meaning:
      "The script ended with an exit status other than 0. The cause is what it left in its termination message, or else the error in its output.",
    remedy:
      "Read the output of the script in the log of the init container, and fix what it reports.",
    reportedBy: "init",
    cause: ({ status, why = "" }: { status: string; why?: string }) =>
      why === "" ? `exit status ${status}` : why,
    fix: ({ advice = "" }: { advice?: string }) => (advice === "" ? SEE_LOG : advice),
    example: { status: "37", why: "exit status 37: the disk is on fire" },
  },
  ScriptWarned: {
    title: "A script passed with a warning",
    meaning: "The script ended with exit status 0 and left a termination message without a code.",
    remedy: "Read the warning. The node is prepared; fix the reason when there is time.",
    reportedBy: "init",
    cause: ({ why }: { why: string }) => why,
    fix: ({ advice = "" }: { advice?: string }) => (advice === "" ? SEE_LOG : advice),
    example: { why: "the clock is 3 s fast" },
  },
  CommandNotFound: {
    title: "A command that a script runs was not found",
    meaning: "The script ended with exit status 127, with which shells report a missing command.",
    remedy: "Install the command in the image, or correct the script's PATH.",
    reportedBy: "init",
    cause: ({ why = "" }: { why?: string }) => (why === "" ? "exit status 127" : why),
    fix: () => "A command it runs was not found: install it in the image, or correct its PATH",
    example: { why: "exit status 127: iscsiadm: command not found" },
  },
  CommandNotExecutable: {
    title: "A command that a script runs is not executable",
    meaning: "The script ended with exit status 126, with which shells report such a command.",
    remedy: "Correct the mode of the command, or install it for the node's architecture.",
    reportedBy: "init",
    cause: ({ why = "" }: { why?: string }) => (why === "" ? "exit status 126" : why),
    fix: () => "A command it runs is not executable: correct its mode",
    example: { why: "exit status 126: /opt/tool: Permission denied" },
  },
  CommandTimedOut: {
    title: "A command that a script runs did not end in time",
    meaning:
      "The script ended with exit status 124, with which timeout(1) reports that it ended a command.",
    remedy: "Find what the command waits for, or give timeout(1) in the script more time.",
    reportedBy: "init",
    cause: ({ why = "" }: { why?: string }) => (why === "" ? "exit status 124" : why),
    fix: () =>
      "timeout(1) in the script ended a command (exit status 124): find what it waits for, or give it more time",
    example: { why: "exit status 124; printed last: waiting for /dev/nvme1n1" },
  },
  CommandKilled: {
    title: "A signal ended a command that a script runs",
    meaning:
      "The script ended with exit status 128 and the number of a signal, with which shells report that a signal ended a command. With SIGKILL (137) the OOM killer is the usual reason.",
    remedy:
      "With SIGKILL, look for the OOM killer in the node's kernel log (dmesg), and raise the memory limit of the init container. With SIGSEGV, SIGABRT, SIGBUS or SIGILL the command crashed: check that it is built for this node.",
    reportedBy: "init",
    cause: ({ status, why = "" }: { status: string; signal: string; why?: string }) =>
      why === "" ? `exit status ${status}` : why,
    fix: ({ signal }: { signal: string }) => fixOfKilled(signal),
    example: {
      status: "137",
      signal: "SIGKILL",
      why: "exit status 137: line 9: 4242 Killed ./tool",
    },
  },
  ScriptKilled: {
    title: "A signal ended a script",
    meaning: "The script did not end by itself. With SIGKILL the OOM killer is the usual reason.",
    remedy:
      "Look for the OOM killer in the node's kernel log (dmesg), and raise the memory limit of the init container.",
    reportedBy: "init",
    cause: ({ signal, why = "" }: { signal: string; why?: string }) =>
      // A real-time signal has a number only.
      `killed by ${/^\d/.test(signal) ? "signal " : ""}${signal}${why === "" ? "" : `; ${why}`}`,
    fix: ({ signal }: { signal: string }) =>
      signal === "SIGKILL"
        ? "Look for the OOM killer in the node's kernel log, and raise the container's memory limit"
        : `${SEE_LOG}; look at the node's kernel log, too`,
    example: { signal: "SIGKILL" },
  },
  ScriptStillRunning: {
    title: "A script has been running for more than 5 minutes",
    meaning:
      "The script has not ended yet. The message shows what it printed last and what its processes wait for: state D means that a process waits in the kernel, as for a disk or a mount, and no signal ends it.",
    remedy:
      "Nothing, if the script makes progress. Otherwise look at what it waits for. Give it a timeout with `# init: timeout=…`, so that it does not run for ever.",
    reportedBy: "init",
    cause: ({ for: time, why = "" }: { for: string; why?: string }) =>
      `still running after ${time}${why === "" ? "" : `; ${why}`}`,
    fix: () => "Nothing, if it makes progress; otherwise look at what it waits for",
    example: {
      for: "5m",
      why: "printed last: syncing /dev/sdb; pid 4242 (dd) waits in the kernel, as for a disk or a mount (D, io_schedule)",
    },
  },
  ScriptTimedOut: {
    title: "A script did not end within its timeout",
    meaning: "The timeout of the script passed, and init ended it.",
    remedy:
      "Find what the script waits for. If it needs more time, set `# init: timeout=…` in the script, or --timeout.",
    reportedBy: "init",
    cause: (p: { timeout: string; why?: string; afterlife?: string }) =>
      `timed out: its timeout of ${p.timeout} passed${p.afterlife ?? ""}${p.why ? `; ${p.why}` : ""}`,
    fix: () =>
      "Find what it waits for, or give it more time: # init: timeout=… in the script, or --timeout",
    example: { timeout: "5m" },
  },
  RunTimedOut: {
    title: "The run did not end within --total-timeout",
    meaning: "All scripts together took too long. The script that was running was ended.",
    remedy: "See in the table of the log which script took the time, or raise --total-timeout.",
    reportedBy: "init",
    cause: (p: { timeout: string; why?: string; afterlife?: string }) =>
      `timed out: the run's timeout of ${p.timeout} passed${p.afterlife ?? ""}${p.why ? `; ${p.why}` : ""}`,
    fix: () => "Find what it waits for, or raise --total-timeout",
    example: { timeout: "30m" },
  },
  RunStopped: {
    title: "A signal ended the run",
    meaning: "Kubernetes, or a person, ended the container before all scripts had run.",
    remedy: "Nothing, if the pod was deleted. Otherwise look at the events of the pod.",
    reportedBy: "init",
    cause: ({ signal, afterlife = "" }: { signal: string; afterlife?: string }) =>
      `ended by ${signal} before all scripts had run${afterlife}`,
    fix: () =>
      "Nothing, if the pod was deleted; otherwise look at its events: kubectl describe pod",
    example: { signal: "SIGTERM" },
  },
} as const satisfies Entries;

/** Codes that describe an ending only: over a fleet, such failures are grouped by their words. */
export const UNCODED: ReadonlySet<string> = new Set(["ScriptFailed", "ScriptWarned"]);
