import { COMPLETION } from "./commands/completion.ts";
import { EXPLAIN } from "./commands/explain.ts";
import { LOGS } from "./commands/logs.ts";
import { PREFLIGHT } from "./commands/preflight.ts";
import { STATUS, WAIT } from "./commands/status.ts";
import { runProgram } from "./main.ts";

/** The program for a person's machine, of any operating system: the fleet's commands alone. */
await runProgram({
  name: "kubectl storageos-init",
  about: "Shows which nodes storageos-init has prepared, and why others are not.",
  commands: [STATUS, WAIT, PREFLIGHT, LOGS, EXPLAIN, COMPLETION],
  defaultCommand: STATUS,
});
