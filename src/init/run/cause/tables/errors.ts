/** Errors that do not sound like one. */
import { row, type Rule } from "../rule.ts";

/** Errors by their form. */
export const ERRORS: readonly Rule[] = [
  row("error", "bash", /^\S+: line \d+: /, "bash(1): its own errors"),
  row("error", "curl", /^curl: \(\d+\) /, "curl(1), EXIT CODES"),
  row(
    "error",
    "CPython and JavaScript",
    /^(?:[a-zA-Z_][\w.]*\.)?[A-Z]\w*(?:Error|Exception|Interrupt|Exit|Warning)(?: \[[A-Z_]+\])?: \S/,
    "names of exceptions",
  ),
  row(
    "error",
    "error codes",
    /\bE(?:ACCES|PERM|NOENT|NOTFOUND|CONNREFUSED|CONNRESET|NETUNREACH|HOSTUNREACH|TIMEDOUT|EXIST|BUSY|ROFS|NOSPC|INVAL|IO|MFILE|NODEV|AI_AGAIN|PIPE|NOTDIR|ISDIR)\b/,
    "errno(3)",
  ),
  row(
    "error",
    "kills",
    /^\S+: line \d+: +\d+ (?:Killed|Aborted|Segmentation fault|Bus error|Illegal instruction|Terminated)/,
    "bash(1): a child that a signal ended",
  ),
  row(
    "error",
    "states",
    /\bonly \S+ .*\b(?:free|available|found|left|needed|required)\b|\b(?:needed|required|expected)\b.*\b(?:found|got|has|is|only)\b|\bis (?:enabled|disabled|active|running)\b.*[;:(]/i,
    "checks: what is and what has to be",
  ),
];
