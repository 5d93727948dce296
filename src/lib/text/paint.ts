import type { Environment } from "../environment.ts";

/** How text gets its colours; without colours each function returns the text as it is. */
export type Paint = {
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
};

/** Colours on a terminal, unless NO_COLOR is set to anything (no-color.org) or the terminal is dumb. */
export function choosePaint(isTerminal: boolean, env: Environment): Paint {
  const isColoured = isTerminal && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
  const paint = (code: number) => (text: string) =>
    isColoured ? `\u001b[${code}m${text}\u001b[0m` : text;
  return { red: paint(31), yellow: paint(33), green: paint(32) };
}
