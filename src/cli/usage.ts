import { COMMANDS, type Command } from "./commands.ts";
import type { FlagTable } from "./flag.ts";

/** The text of --help: of one command, or of the program. */
export function usage(command: Command | undefined): string {
  if (command === undefined || command === "run") return usageOfProgram();
  const { synopsis, summary, flags } = COMMANDS[command];
  const notes = command === "status" ? STATUS_NOTES : command === "logs" ? LOGS_NOTES : RUN_STATUS;
  return `${synopsis}: ${summary}.\n\n${describeFlags(flags)}\n${notes}`;
}

function usageOfProgram(): string {
  const commands = Object.values(COMMANDS);
  const width = Math.max(...commands.map(({ synopsis }) => synopsis.length)) + 2;
  const lines = commands.map(({ synopsis, summary }) => `  ${synopsis.padEnd(width)}${summary}`);
  return `init prepares a Kubernetes node: it runs the scripts of a directory, in order, and stops when one fails.

usage:
${lines.join("\n")}
  init COMMAND --help | --help | --version

${describeFlags(COMMANDS.run.flags)}
${RUN_STATUS}`;
}

function describeFlags(table: FlagTable): string {
  const flags = Object.values(table).map((flag) => ({
    left: `  --${flag.name}${flag.letter === undefined ? "" : `, -${flag.letter}`} ${flag.placeholder}`,
    right: flag.fallbackText === "" ? flag.help : `${flag.help} (default ${flag.fallbackText})`,
    variables: flag.variables.join(", "),
  }));
  const width = Math.max(...flags.map(({ left }) => left.length)) + 2;
  const lines = flags.map(
    ({ left, right, variables }) =>
      `${left.padEnd(width)}${right}\n${" ".repeat(width)}[${variables}]`,
  );
  return `flags (one or two dashes, "=" or a space; a flag wins over its variable, which wins over the default):
${lines.join("\n")}
`;
}

const RUN_STATUS = `exit status:
  0 prepared · 1 a script failed · 2 usage · 3 nothing could start · 4 a deadline passed
  70 a defect in init itself · 128+n ended by signal n
`;

const STATUS_NOTES = `What it costs the cluster: one list call; with --nodes a second one; with --watch one watch more, which
brings only what changes. Without --nodes, only nodes that have a pod count.

exit status:
  0 every node is prepared (with warnings or without) · 1 some are not · 2 usage
  3 cannot tell: no pods found, the cluster or the file cannot be read · 4 some are not after --timeout
  70 a defect in init itself · 128+n ended by signal n
`;

const LOGS_NOTES = `exit status:
  0 shown · 2 usage · 3 no such node or pod, or the cluster cannot be reached
  70 a defect in init itself · 128+n ended by signal n
`;
