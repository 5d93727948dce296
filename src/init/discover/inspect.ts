import type { Stats } from "node:fs";
import { fail, ok, type Result } from "../../lib/result.ts";
import type { Undecided } from "./data.ts";
import { mayExecute, readHead } from "./files.ts";
import type { Fault, Problem, Settings } from "./script.ts";
import { DEFAULT_SETTINGS, parseSettings } from "./settings.ts";
import { problemOfShebang } from "./shebang.ts";
import { isWritableByOthers } from "./writable.ts";

/** How much of a script is read for its shebang and settings. */
const HEAD_BYTES = 4096;

const ELF_MAGIC = Buffer.from("\u007fELF", "latin1");

type Place = {
  /** Path below the scripts directory. */
  readonly name: string;
  readonly isConfigMap: boolean;
  readonly searchPath: string;
};

/** What a file is as far as it shows by itself. */
export type Inspected =
  | { readonly is: "script"; readonly settings: Settings }
  | { readonly is: "library" }
  | { readonly is: "undecided"; readonly file: Undecided };

/** Checks that a file can run and reads its settings: kubelet would tell too late, and one at a time. */
export function inspectFile(
  path: string,
  stats: Stats,
  place: Place,
): Result<Inspected, readonly Problem[]> {
  const head = readHead(path, HEAD_BYTES);
  if (!head.ok) return fail([{ path, ...head.error }]);
  const text = wholeLines(head.value);
  const isElf = head.value.subarray(0, ELF_MAGIC.length).equals(ELF_MAGIC);
  const hasStart = text.startsWith("#!") || text.startsWith("\ufeff#!");
  const lacks = lackOf(stats, isElf || hasStart || text === "");
  if (lacks !== undefined) {
    const settings = parseSettings(text);
    const isLibrary = settings.ok && settings.value.kind === "library";
    const isProgram = isElf || hasStart;
    const { name, isConfigMap } = place;
    const about = { lacks, isEmpty: text === "", isLibrary, isProgram };
    return ok({ is: "undecided", file: { path, name, stats, isConfigMap, ...about } });
  }
  const mode = problemOfMode(path, stats);
  const problems: Problem[] = mode === undefined ? [] : [{ path, ...mode }];
  if (isElf) {
    return problems.length > 0 ? fail(problems) : ok({ is: "script", settings: DEFAULT_SETTINGS });
  }
  return inspectText(path, text, head.value.length === HEAD_BYTES, { ...place, problems });
}

function lackOf({ mode }: Stats, isStartable: boolean): Undecided["lacks"] | undefined {
  if ((mode & 0o111) === 0) return "mode";
  return isStartable ? undefined : "shebang";
}

function inspectText(
  path: string,
  text: string,
  isLonger: boolean,
  { searchPath, problems }: Pick<Place, "searchPath"> & { readonly problems: Problem[] },
): Result<Inspected, readonly Problem[]> {
  const settings = parseSettings(text);
  if (settings.ok && settings.value.kind === "library" && problems.length === 0) {
    return ok({ is: "library" });
  }
  const start = problemOfStart(text, searchPath);
  if (start !== undefined) problems.push({ path, ...start });
  else if (isLonger && isForShell(text)) {
    const line = carriageReturnIn(path);
    if (line !== undefined) {
      problems.push({ path, line, code: "ScriptEncoding", about: { fault: "crlf" } });
    }
  }
  if (!settings.ok) {
    const errors = settings.error.map(({ line, what }) => {
      return { path, line, code: "SettingsInvalid", about: { what } } as const;
    });
    return fail([...problems, ...errors]);
  }
  return problems.length === 0 ? ok({ is: "script", settings: settings.value }) : fail(problems);
}

/** Other languages read a carriage return as white space. */
function isForShell(text: string): boolean {
  return /^#!\s*\S*(?:\/|env\s+(?:-S\s*)?)(?:ba|da|k|z|a|mk)?sh\b/.test(text);
}

/** More of a script is not searched for carriage returns. */
const SEARCHED_BYTES = 1024 * 1024;

/** The first line beyond the head that ends in one. */
function carriageReturnIn(path: string): number | undefined {
  const whole = readHead(path, SEARCHED_BYTES);
  const at = whole.ok ? whole.value.indexOf("\r\n") : -1;
  if (!whole.ok || at < 0) return undefined;
  return whole.value.subarray(0, at).toString("latin1").split("\n").length;
}

function problemOfMode(path: string, stats: Stats): Fault | undefined {
  const mode = octal(stats.mode);
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
