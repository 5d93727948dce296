import type { Command, Program } from "./command.ts";
import type { FlagTable } from "./flag.ts";

/** The text of --help: of one command, or of the program, which is also that of its default command. */
export function usage(program: Program, command: Command | undefined): string {
  if (command === undefined || command === program.defaultCommand) return usageOfProgram(program);
  const { synopsis, summary, flags, notes } = command;
  const described = Object.keys(flags).length === 0 ? "" : `${describeFlags(flags)}\n`;
  return `${program.name} ${synopsis}: ${summary}.\n\n${described}${notes}`;
}

function usageOfProgram({ name, about, commands, defaultCommand }: Program): string {
  const width = Math.max(...commands.map(({ synopsis }) => synopsis.length)) + 2;
  const lines = commands.map(
    ({ synopsis, summary }) => `  ${name} ${synopsis.padEnd(width)}${summary}`,
  );
  return `${about}

usage:
${lines.join("\n")}
  ${name} COMMAND --help | --help | --version

${describeFlags(defaultCommand.flags)}
${defaultCommand.notes}`;
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
  return `flags (one or two dashes, "=" or a space; a flag wins over its variable, which wins over
the default; of one that is given twice the last counts, where it is not repeatable):
${lines.join("\n")}
`;
}
