import { FLAGS } from "./flags.ts";

/** The text of --help. */
export function usage(): string {
  const flags = Object.values(FLAGS).map((flag) => ({
    left: `  --${flag.name} ${flag.placeholder}`,
    right: flag.fallbackText === "" ? flag.help : `${flag.help} (default ${flag.fallbackText})`,
    variables: flag.variables.join(", "),
  }));
  const width = Math.max(...flags.map(({ left }) => left.length)) + 2;
  const lines = flags.map(
    ({ left, right, variables }) =>
      `${left.padEnd(width)}${right}\n${" ".repeat(width)}[${variables}]`,
  );
  return `init prepares a Kubernetes node: it runs the scripts of a directory, in order, and stops when one fails.

usage:
  init [run] -scripts=DIR [flags]   run the scripts
  init plan  -scripts=DIR           show what would run, in order, and why something would not
  init lint  -scripts=DIR           check a scripts directory: every problem, with file and line
  init --version | --help

flags (one or two dashes, "=" or a space; a flag wins over its variable, which wins over the default):
${lines.join("\n")}

exit status:
  0 prepared · 1 a script failed · 2 usage · 3 nothing could start · 4 a deadline passed
  70 a defect in init itself · 128+n ended by signal n
`;
}
