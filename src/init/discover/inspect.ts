import type { Stats } from "node:fs";
import { fail, ok, type Result } from "../../lib/result.ts";
import { mayExecute, readHead } from "./files.ts";
import type { Problem, Settings } from "./script.ts";
import { DEFAULT_SETTINGS, parseSettings } from "./settings.ts";
import { problemOfShebang } from "./shebang.ts";

/** How much of a script is read for its shebang and settings. */
const HEAD_BYTES = 4096;

const ELF_MAGIC = Buffer.from("\u007fELF", "latin1");

type Place = { readonly isConfigMap: boolean; readonly searchPath: string };

/** Checks that a file can run and reads its settings: kubelet would tell too late, and one at a time. */
export function inspectScript(
  path: string,
  stats: Stats,
  place: Place,
): Result<Settings, readonly Problem[]> {
  const problems: Problem[] = [];
  const mode = problemOfMode(path, stats, place);
  if (mode !== undefined) problems.push({ of: "script", path, what: mode });
  const head = readHead(path, HEAD_BYTES);
  if (!head.ok) {
    problems.push({ of: "script", path, what: head.error });
    return fail(problems);
  }
  if (head.value.subarray(0, ELF_MAGIC.length).equals(ELF_MAGIC)) {
    return problems.length === 0 ? ok(DEFAULT_SETTINGS) : fail(problems);
  }
  const text = wholeLines(head.value);
  const start = problemOfStart(text, place.searchPath);
  if (start !== undefined) problems.push({ of: "script", path, ...start });
  const settings = parseSettings(text);
  if (!settings.ok)
    problems.push(...settings.error.map((error) => ({ of: "settings" as const, path, ...error })));
  return settings.ok && problems.length === 0 ? settings : fail(problems);
}

function problemOfMode(path: string, stats: Stats, { isConfigMap }: Place): string | undefined {
  if ((stats.mode & 0o111) === 0) {
    const how = isConfigMap
      ? "set defaultMode: 0755 on the ConfigMap's volume"
      : "chmod +x, or remove it";
    return `it is not executable (mode ${octal(stats.mode)}): ${how}`;
  }
  // Whoever may write it would run as root on every node.
  if ((stats.mode & 0o002) !== 0)
    return `everyone may write it (mode ${octal(stats.mode)}): chmod o-w`;
  if (!mayExecute(path)) {
    return `this user may not execute it (mode ${octal(stats.mode)}), or its file system is mounted noexec`;
  }
  return undefined;
}

type ProblemOfLine = { readonly line: number; readonly what: string };

function problemOfStart(text: string, searchPath: string): ProblemOfLine | undefined {
  if (text.startsWith("\ufeff#!")) {
    const what =
      "it begins with a byte order mark, which hides its shebang: save it as UTF-8 without BOM";
    return { line: 1, what };
  }
  if (text !== "" && !text.startsWith("#!")) {
    const what = "it has no shebang: begin the file with #!/bin/sh or another interpreter";
    return { line: 1, what };
  }
  const lines = text.split("\n");
  // The kernel and the shell take the carriage return for a part of a word.
  const windows = lines.findIndex((line) => line.endsWith("\r"));
  if (windows >= 0) {
    const what = "it has Windows line ends (CRLF): convert it with dos2unix";
    return { line: windows + 1, what };
  }
  const what = text === "" ? "it is empty" : problemOfShebang(lines[0] ?? "", searchPath);
  return what === undefined ? undefined : { line: 1, what };
}

/** The head as text, without a last line that the limit cut. */
function wholeLines(head: Buffer): string {
  const end = head.length < HEAD_BYTES ? head.length : head.lastIndexOf("\n") + 1;
  return head.toString("utf8", 0, end === 0 ? head.length : end);
}

function octal(mode: number): string {
  return `0${(mode & 0o7777).toString(8)}`;
}
