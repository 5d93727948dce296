import { messageOf } from "../../lib/text/error.ts";
/** What execve(2) and fork(2) mean by these, said for a person. */
const MEANINGS: Readonly<Record<string, string>> = {
  ENOENT: "it, or the interpreter or loader that it names, is not there",
  ENOEXEC: "the kernel does not know its format",
  EACCES: "permission denied",
  EPERM: "not permitted",
  ETXTBSY: "it is open for writing",
  E2BIG: "its environment is too large",
  EAGAIN: "no further process is allowed",
  ENOMEM: "out of memory",
  EMFILE: "init has too many files open",
  ENFILE: "the node has too many files open",
  ELOOP: "too many interpreters that are scripts themselves",
};

/** Why a script's process could not be started: `the kernel does not know its format (ENOEXEC)`. */
export function describeStartError(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const meaning = Object.hasOwn(MEANINGS, code) ? MEANINGS[code] : undefined;
  if (meaning !== undefined) return `${meaning} (${code})`;
  return messageOf(error);
}
