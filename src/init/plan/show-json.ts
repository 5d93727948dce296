import type { Outline, Row } from "./outline.ts";
import { timeoutOf } from "./timeout.ts";

/** The plan for programs; what is not known is absent, durations are milliseconds. */
export function showJson(outline: Outline): string {
  const { directory, nodeImage, nodeVersion, notes, rows, skipped, problems, timeoutMs } = outline;
  const document = {
    v: 1,
    directory,
    nodeImage,
    nodeVersion,
    notes,
    scripts: rows.map((row) => scriptOf(row, timeoutMs)),
    ignored: skipped,
    problems,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function scriptOf({ script, action, reason }: Row, given: number | undefined): object {
  const { name, path, settings } = script;
  return {
    name,
    path,
    action,
    reason: reason === "" ? undefined : reason,
    settings: { ...settings, timeoutMs: timeoutOf(settings, given) },
  };
}
