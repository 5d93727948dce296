import { basename } from "node:path";
import { CHECK } from "./commands/check.ts";
import { COMPLETION } from "./commands/completion.ts";
import { EXPLAIN } from "./commands/explain.ts";
import { FAIL, WARN } from "./commands/fail.ts";
import { LINT } from "./commands/lint.ts";
import { LOGS } from "./commands/logs.ts";
import { NEW } from "./commands/new.ts";
import { PLAN } from "./commands/plan.ts";
import { PREFLIGHT } from "./commands/preflight.ts";
import { RUN } from "./commands/run.ts";
import { STATUS, WAIT } from "./commands/status.ts";
import { UNDO } from "./commands/undo.ts";
import { runProgram } from "./main.ts";

/** The program for the node: `init`, with all commands. */
export function runInit(): Promise<never> {
  return runProgram({
    name: "init",
    about:
      "init prepares a Kubernetes node: it runs the scripts of a directory, in order, and stops when one fails.",
    commands: [
      RUN,
      UNDO,
      PLAN,
      LINT,
      PREFLIGHT,
      STATUS,
      WAIT,
      LOGS,
      EXPLAIN,
      NEW,
      FAIL,
      WARN,
      CHECK,
      COMPLETION,
    ],
    // kubectl starts a plugin by a name of its own.
    defaultCommand: basename(process.argv0).startsWith("kubectl-") ? STATUS : RUN,
  });
}
