import type { Stats } from "node:fs";
import { fail, ok, type Result } from "../../lib/result.ts";
import { mayExecute, readHead } from "./files.ts";
import type { Fault, Problem, Settings } from "./script.ts";
import { DEFAULT_SETTINGS, parseSettings } from "./settings.ts";
import { problemOfShebang } from "./shebang.ts";
import { isWritableByOthers } from "./writable.ts";

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
  if (mode !== undefined) problems.push({ path, ...mode });
  const head = readHead(path, HEAD_BYTES);
  if (!head.ok) {
    problems.push({ path, ...head.error });
    return fail(problems);
  }
  if (head.value.subarray(0, ELF_MAGIC.length).equals(ELF_MAGIC)) {
    return problems.length === 0 ? ok(DEFAULT_SETTINGS) : fail(problems);
  }
  const text = wholeLines(head.value);
  const start = problemOfStart(text, place.searchPath);
  if (start !== undefined) problems.push({ path, ...start });
  const settings = parseSettings(text);
  if (!settings.ok)
    problems.push(
      ...settings.error.map(({ line, what }) => ({
        path,
        line,
        code: "SettingsInvalid" as const,
        about: { what },
      })),
    );
  return settings.ok && problems.length === 0 ? settings : fail(problems);
}

function problemOfMode(path: string, stats: Stats, { isConfigMap }: Place): Fault | undefined {
  const mode = octal(stats.mode);
  if ((stats.mode & 0o111) === 0) {
    const about = isConfigMap ? { mode, configMap: "yes" } : { mode };
    return { code: "ScriptNotExecutable", about };
  }
  // Anyone who can write it would run as root on every node.
  if (isWritableByOthers(path, stats)) return { code: "ScriptWritableByOthers", about: { mode } };
  if (!mayExecute(path)) return { code: "ScriptNotExecutable", about: { mode, noexec: "yes" } };
  return undefined;
}

type ProblemOfLine = { readonly line: number } & Fault;

function problemOfStart(text: string, searchPath: string): ProblemOfLine | undefined {
  if (text.startsWith("\ufeff#!")) {
    return { line: 1, code: "ScriptEncoding", about: { fault: "bom" } };
  }
  if (text === "") return { line: 1, code: "ShebangInvalid", about: { fault: "empty-file" } };
  if (!text.startsWith("#!")) return { line: 1, code: "ShebangInvalid", about: { fault: "none" } };
  const lines = text.split("\n");
  // The kernel and the shell take the carriage return for a part of a word.
  const windows = lines.findIndex((line) => line.endsWith("\r"));
  if (windows >= 0) {
    return { line: windows + 1, code: "ScriptEncoding", about: { fault: "crlf" } };
  }
  const fault = problemOfShebang(lines[0] ?? "", searchPath);
  return fault === undefined ? undefined : { line: 1, ...fault };
}

/** The head as text, without a last line that the limit cut. */
function wholeLines(head: Buffer): string {
  const end = head.length < HEAD_BYTES ? head.length : head.lastIndexOf("\n") + 1;
  return head.toString("utf8", 0, end === 0 ? head.length : end);
}

function octal(mode: number): string {
  return `0${(mode & 0o7777).toString(8)}`;
}
