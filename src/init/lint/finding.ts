import type { Failure } from "../../lib/failure/failure.ts";

/** Something about a scripts directory: `error` keeps it from running, `warning` breaks later. */
export type Finding = {
  readonly level: "error" | "warning" | "note";
  /** As the user gave the directory, and the name below it. */
  readonly path: string;
  readonly line: number | undefined;
  /** The failure's code, or shellcheck's; undefined if there is none. */
  readonly code: string | undefined;
  readonly cause: string;
  readonly fix: string;
};

/** A problem that keeps a script from running; its place is in its parameters. */
export function findingOf({ code, cause, fix, params }: Failure): Finding {
  const [, path = params["place"] ?? "", line] = /^(.*):(\d+)$/.exec(params["place"] ?? "") ?? [];
  const at = line === undefined ? undefined : Number(line);
  return { level: "error", path, line: at, code, cause, fix };
}
