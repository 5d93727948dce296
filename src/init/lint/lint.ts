import type { Environment } from "../../lib/environment.ts";
import { EXIT } from "../../lib/exit-status.ts";
import { print } from "../../lib/print.ts";
import type { LintConfig } from "../config.ts";
import { listIgnored } from "../discover/data.ts";
import { findHost } from "../host.ts";
import { choose } from "../plan/choose.ts";
import { remarkOnTimeouts } from "../plan/timeout.ts";
import { findScripts, type Found, type Refusal } from "../prepare.ts";
import { adviseOn } from "./advise.ts";
import { findingOf, type Finding } from "./finding.ts";
import { lineOf, showGithub, showJson, summaryOf, type Findings } from "./show.ts";

/** `init lint`: what is wrong with a scripts directory, with file and line; returns the exit status. */
export function lint(config: LintConfig, env: Environment): number {
  const { scripts: directory, output } = config;
  const searchPath = findHost(env, showNow).env.PATH;
  const found = findScripts(directory, searchPath);
  const findings: Findings = found.ok
    ? {
        directory,
        scripts: found.value.scripts.length,
        findings: findIn(found.value, config, searchPath),
      }
    : {
        directory,
        scripts: undefined,
        findings: problemsIn(found.error).map((problem) => withPath(findingOf(problem), directory)),
      };
  const wrong = findings.findings.some(({ level }) => level === "error");
  if (output === "text") showText(findings);
  else print(1, (output === "json" ? showJson : showGithub)(findings));
  return found.ok && !wrong ? EXIT.success : EXIT.cannot;
}

function problemsIn({ problems, failure }: Refusal): Refusal["problems"] {
  return problems.length === 0 ? [failure] : problems;
}

/** A problem of the whole directory has no place of its own. */
function withPath(finding: Finding, directory: string): Finding {
  return finding.path === "" ? { ...finding, path: directory } : finding;
}

function findIn(
  { scripts, skipped, remarks }: Found,
  config: LintConfig,
  searchPath: string,
): readonly Finding[] {
  const { scripts: directory, timeoutMs } = config;
  const { remarks: unmet, refusal } = choose(scripts, config);
  const wrong = refusal === undefined ? unmet : [...unmet, refusal];
  const about = { path: directory, line: undefined, code: undefined, fix: "" };
  const notes = [listIgnored(skipped), remarkOnTimeouts(scripts, timeoutMs)];
  return [
    ...remarks.map(({ place, ...words }) => ({
      ...about,
      level: "warning" as const,
      path: place,
      ...words,
    })),
    ...wrong.map((problem) => withPath(findingOf(problem), directory)),
    ...adviseOn(scripts, searchPath),
    ...notes.flatMap((cause) =>
      cause === undefined ? [] : [{ ...about, level: "note" as const, cause }],
    ),
  ];
}

function showText(findings: Findings): void {
  const { findings: all, scripts } = findings;
  for (const finding of all) if (finding.level !== "note") showNow(lineOf(finding));
  if (scripts === undefined) return;
  print(1, `${summaryOf(findings)}\n`);
  for (const finding of all) if (finding.level === "note") print(1, `${lineOf(finding)}\n`);
}

function showNow(text: string): void {
  print(2, `${text}\n`);
}
