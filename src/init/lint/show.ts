import { count, joinSentences, showName } from "../../lib/text/show.ts";
import type { Finding } from "./finding.ts";

export type Findings = {
  readonly directory: string;
  /** How many scripts would run; undefined if none can. */
  readonly scripts: number | undefined;
  readonly findings: readonly Finding[];
};

/** One line for a person. */
export function lineOf({ level, path, line, code, cause, fix }: Finding): string {
  if (level === "error") return joinSentences(cause, fix);
  if (level === "note") return joinSentences(`note: ${cause}`, fix);
  const place = line === undefined ? path : `${path}:${line}`;
  const name = code === undefined ? "" : ` (${code})`;
  return joinSentences(`warning: ${place}: ${cause}${name}`, fix);
}

/** `DIR: 3 scripts, 1 warning`. */
export function summaryOf({ directory, scripts = 0, findings }: Findings): string {
  const warnings = findings.filter(({ level }) => level === "warning").length;
  const errors = findings.filter(({ level }) => level === "error").length;
  const found = [
    errors === 0 ? "" : count(errors, "problem"),
    warnings === 0 ? "" : count(warnings, "warning"),
  ].filter(Boolean);
  const problems = found.length === 0 ? "no problems" : found.join(", ");
  return `${showName(directory)}: ${count(scripts, "script")}, ${problems}`;
}

/** For programs; what is not known is absent. */
export function showJson({ directory, scripts, findings }: Findings): string {
  return `${JSON.stringify({ v: 1, directory, scripts, findings }, undefined, 2)}\n`;
}

const GITHUB_LEVELS = { error: "error", warning: "warning", note: "notice" } as const;

/** Annotations of a workflow (docs.github.com, workflow commands for GitHub Actions). */
export function showGithub({ findings }: Findings): string {
  const lines = findings.map(({ level, path, line, code, cause, fix }) => {
    const about = [
      `file=${property(path)}`,
      ...(line === undefined ? [] : [`line=${line}`]),
      ...(code === undefined ? [] : [`title=${property(code)}`]),
    ].join(",");
    return `::${GITHUB_LEVELS[level]} ${about}::${data(joinSentences(cause, fix))}\n`;
  });
  return lines.join("");
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
