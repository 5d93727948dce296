import { existsSync } from "node:fs";
import { failureOf, type Failure } from "../../lib/failure/failure.ts";
import { RUN } from "../../lib/failure/topics/run.ts";
import { messageOf } from "../../lib/text/error.ts";
import type { NotStarted } from "./outcome.ts";

/** What execve(2) and fork(2) mean by these, in words for a person. */
const MEANINGS: Readonly<Record<string, string>> = {
  ENOENT: "the interpreter or loader that it names was not found",
  ENOEXEC: "the kernel does not know its format",
  EACCES: "permission denied",
  EPERM: "not permitted",
  ETXTBSY: "it is open for writing",
  E2BIG: "its environment is too large",
  EAGAIN: "the limit of processes is reached",
  ENOMEM: "out of memory",
  EMFILE: "init has too many files open",
  ENFILE: "the node has too many files open",
  ELOOP: "too many interpreters that are scripts themselves",
};

const REMOVED = "it was removed after the run had begun";

/** Reached limits: the same start may succeed as soon as another script has ended. */
const LIMITS: ReadonlySet<string> = new Set(["EMFILE", "ENFILE", "EAGAIN", "ENOMEM"]);

/** Why a script's process could not be started: `the kernel does not know its format (ENOEXEC)`. */
export function readStartError(error: unknown, path: string): NotStarted {
  const errno = error instanceof Error && "code" in error ? String(error.code) : "";
  const isRemoved = errno === "ENOENT" && !existsSync(path);
  const meaning = isRemoved ? REMOVED : MEANINGS[errno];
  const words = meaning === undefined ? messageOf(error) : `${meaning} (${errno})`;
  return { how: "not-started", error: words, errno: isRemoved ? "" : errno, isRemoved };
}

export function isForWantOfRoom({ errno }: NotStarted): boolean {
  return LIMITS.has(errno);
}

export function failureOfStart({ errno, error: why, isRemoved }: NotStarted): Failure {
  if (isRemoved) return failureOf(RUN, "ScriptRemoved", { why });
  switch (errno) {
    case "ETXTBSY":
      return failureOf(RUN, "ScriptBusy", { why });
    case "EACCES":
      return failureOf(RUN, "ScriptPermissionDenied", { why });
    case "EAGAIN":
      return failureOf(RUN, "ProcessLimitReached", { why });
    case "EMFILE":
    case "ENFILE":
      return failureOf(RUN, "FileLimitReached", { why, errno });
    case "ENOMEM":
      return failureOf(RUN, "MemoryExhausted", { why });
    default:
      return failureOf(RUN, "ScriptNotStarted", { why, errno });
  }
}
