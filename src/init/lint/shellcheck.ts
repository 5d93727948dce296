import { showName } from "../../lib/text/show.ts";
import { plainLine } from "../../lib/text/utf8.ts";
import type { Finding } from "./finding.ts";

/** Shells that shellcheck reads (shellcheck(1), --shell). */
const SHELLS = /^#!\s*\S*(?:\/|env\s+(?:-S\s*)?)(sh|bash|dash|ksh|busybox)\b/;

export function isForShellcheck(text: string): boolean {
  return SHELLS.test(text);
}

/**
 * What shellcheck finds in these scripts, of level warning and above; nothing where it is not installed.
 * @param paths scripts for a shell
 */
export function runShellcheck(paths: readonly string[], searchPath: string): readonly Finding[] {
  const program = Bun.which("shellcheck", { PATH: searchPath });
  if (program === null || paths.length === 0) return [];
  // SC1090, SC1091: a file that is sourced, which is only found on the node.
  const flags = ["--format=json1", "--severity=warning", "--exclude=SC1090,SC1091"];
  const child = Bun.spawnSync([program, ...flags, "--", ...paths], { stdin: null });
  const { stdout, stderr, exitCode } = child;
  // 0: nothing found, 1: something; everything else is its own failure (shellcheck(1), RETURN VALUES).
  if (exitCode > 1) {
    const why = plainLine(stderr.toString().split("\n")[0] ?? "");
    const cause = `shellcheck cannot check these scripts: exit status ${exitCode}${why === "" ? "" : `: ${why}`}`;
    return [{ level: "note", path: program, line: undefined, code: undefined, cause, fix: "" }];
  }
  return commentsIn(stdout.toString());
}

function commentsIn(json: string): readonly Finding[] {
  const { comments } = JSON.parse(json) as { readonly comments: readonly Comment[] };
  return comments.map(({ file, line, code, message }) => ({
    level: "warning",
    path: file,
    line,
    code: `SC${code}`,
    cause: plainLine(message).replace(/\.$/, ""),
    fix: `See ${showName(`https://www.shellcheck.net/wiki/SC${code}`)}`,
  }));
}

type Comment = {
  readonly file: string;
  readonly line: number;
  readonly code: number;
  readonly message: string;
};
