import type { GivenFailure } from "./termination-message.ts";
import { cleanLine } from "./untrusted.ts";

/** A termination message that is not init's. */
export type OtherMessage = {
  /** Its line that says most; empty if there is none. */
  readonly line: string;
  /** What init reported at the end of its log, where kubelet took that (FallbackToLogsOnError). */
  readonly failure: GivenFailure | undefined;
};

/** Reads the end of a log, or what another program wrote. */
export function readOtherMessage(message: string): OtherMessage {
  const lines = message.slice(-4096).split("\n").map(cleanLine).filter(Boolean);
  const at = lines.findLastIndex((line) => line.includes("init failed: "));
  const verdict = (lines[at] ?? lines.at(-1) ?? "").replace(/^\S+ (?=init failed: )/, "");
  const [, script, why] = /script "([^"]+)" failed: (.+)$/.exec(verdict) ?? [];
  if (at < 0 || script === undefined || why === undefined) {
    return { line: verdict, failure: undefined };
  }
  const rest = lines.slice(at + 1);
  const [, cause = why, code] =
    matchFirst(rest, /^(?:\S+ )?cause: (.+?)(?: \(([A-Z][A-Za-z0-9]{2,62})\))?$/) ?? [];
  const [, fix = ""] = matchFirst(rest, /^(?:\S+ )?fix: (.+)$/) ?? [];
  return {
    line: verdict,
    failure: { script, code, cause, fix, params: {}, link: undefined },
  };
}

function matchFirst(lines: readonly string[], pattern: RegExp): RegExpExecArray | undefined {
  for (const line of lines) {
    const match = pattern.exec(line);
    if (match !== null) return match;
  }
  return undefined;
}
