/** Files beside scripts: units, configuration, libraries, modules; and scripts that lost their mode. */
import type { Stats } from "node:fs";
import { showName } from "../../lib/text/show.ts";
import { readHead } from "./files.ts";
import type { Fault, Problem, Script } from "./script.ts";
import { isMountPoint, isWritableByOthers } from "./writable.ts";

/** A file that is not a script as it is: it lacks its mode, or a shebang. */
export type Undecided = {
  readonly path: string;
  /** Path below the scripts directory. */
  readonly name: string;
  readonly stats: Stats;
  readonly isConfigMap: boolean;
  readonly lacks: "mode" | "shebang";
  readonly isEmpty: boolean;
  readonly isLibrary: boolean;
  /** Whether its content is that of a program: a shebang, or machine code. */
  readonly isProgram: boolean;
};

export type Skipped = { readonly name: string; readonly reason: string };

/** The reasons that begin so are of files beside scripts; other skipped files have names for that. */
export const DATA = "data";
export const LIBRARY = "library";

/** Names that people give to scripts. */
const SCRIPT_NAME = /\.(?:sh|bash|py)$/;

/** Names of files that are no programs, whatever mode a ConfigMap or a checkout gives them. */
const DATA_NAME =
  /\.(?:conf|cfg|cnf|ini|json|jsonc|toml|ya?ml|xml|csv|tsv|env|service|socket|timer|mount|path|target|slice|network|netdev|link|rules|tmpl|tpl|j2|jinja2?|template|in|patch|diff|pem|crt|key|pub|repo|list|sources|properties|lock|log|sql|html?|css|svg|png|gz|xz|zst|zip|tar|tgz|deb|rpm|ko|so)$/i;

const MOST_NAMED = 8;

/** What each of them is: data that is ignored, or a script that cannot run. */
export function decide(
  files: readonly Undecided[],
  scripts: readonly Script[],
): { readonly skipped: readonly Skipped[]; readonly problems: readonly Problem[] } {
  const skipped: Skipped[] = [];
  const problems: Problem[] = [];
  const unmarked: Undecided[] = [];
  const mentions = createMentions(files, scripts);
  for (const file of files) {
    const { path, name, lacks } = file;
    const reason = reasonToIgnore(file, mentions);
    if (reason === undefined) {
      if (file.isEmpty) problems.push({ path, line: 1, ...shebang("empty-file") });
      else if (lacks === "mode") unmarked.push(file);
      else problems.push({ path, line: 1, ...shebang("none") });
    } else if (reason !== DATA && isWritableByOthers(path, file.stats)) {
      problems.push({ path, code: "ScriptWritableByOthers", about: { mode: modeOf(file) } });
    } else skipped.push({ name, reason });
  }
  return { skipped, problems: [...problems, ...notExecutable(unmarked)] };
}

function reasonToIgnore(file: Undecided, mentions: Mentions): string | undefined {
  const { name, lacks, isEmpty, isLibrary, isProgram } = file;
  if (isLibrary) return LIBRARY;
  if (DATA_NAME.test(name) && !isProgram) return DATA;
  if (!isEmpty && lacks === "mode" && !isProgram && !SCRIPT_NAME.test(name)) return DATA;
  const user = mentions.of(file);
  return user === undefined ? undefined : `used by ${user}`;
}

function shebang(fault: "none" | "empty-file"): Fault {
  return { code: "ShebangInvalid", about: { fault } };
}

function modeOf({ stats }: Undecided): string {
  return `0${(stats.mode & 0o7777).toString(8)}`;
}

/** One problem for each directory: whoever forgot the mode of one forgot that of all. */
function notExecutable(files: readonly Undecided[]): readonly Problem[] {
  const groups = new Map<string, Undecided[]>();
  for (const file of files) {
    const key = file.path.slice(0, file.path.lastIndexOf("/"));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [file]);
    else group.push(file);
  }
  return [...groups.values()].map((group): Problem => {
    const first = group[0] as Undecided;
    // A file of a ConfigMap that is mounted by subPath has no ..data beside it.
    const isMounted = first.isConfigMap || isMountPoint(first.path);
    const about = {
      mode: modeOf(first),
      ...(group.length === 1 ? {} : { more: listNames(group.slice(1)) }),
      ...(isMounted ? { configMap: "yes" } : {}),
    };
    return { path: first.path, code: "ScriptNotExecutable", about };
  });
}

function listNames(files: readonly Undecided[]): string {
  const named = files.slice(0, MOST_NAMED).map(({ name }) => showName(baseOf(name)));
  const more = files.length - named.length;
  return `${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function baseOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

type Mentions = { readonly of: (file: Undecided) => string | undefined };

/** More of a script is not searched for names of other files. */
const SEARCHED_BYTES = 256 * 1024;

/** Which scripts, and libraries of scripts, name a file. */
function createMentions(files: readonly Undecided[], scripts: readonly Script[]): Mentions {
  const texts = new Map<string, string>();
  const users = [...scripts, ...files.filter(isReadable)];
  return { of: (file) => users.find((user) => user.path !== file.path && names(user, file))?.name };

  function names(user: { readonly path: string }, { name }: Undecided): boolean {
    const text = textOf(user.path);
    const [base = "", directory = ""] = name.split("/").toReversed();
    if (hasWord(text, base)) return true;
    if (!base.endsWith(".py")) return false;
    const module = base === "__init__.py" ? directory : base.slice(0, -3);
    return module !== "" && importOf(module).test(text);
  }

  function textOf(path: string): string {
    const known = texts.get(path);
    if (known !== undefined) return known;
    const head = readHead(path, SEARCHED_BYTES);
    const text = head.ok ? head.value.toString("latin1") : "";
    texts.set(path, text);
    return text;
  }
}

function isReadable({ isProgram, name }: Undecided): boolean {
  return isProgram || SCRIPT_NAME.test(name);
}

/** Whether a text has a file's name, as a part of a path or alone. */
function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? " ";
    const after = text[at + word.length] ?? " ";
    if (!/[\w.-]/.test(before) && !/[\w-]/.test(after)) return true;
  }
  return false;
}

/** `import a.module`, `from module import x`, `from . import module` (docs.python.org, simple_stmts). */
function importOf(module: string): RegExp {
  const word = module.replaceAll(/[^\w]/g, "\\$&");
  return new RegExp(`^[ \\t]*(?:from|import)[ \\t][^\\n#]*(?<!\\w)${word}(?!\\w)`, "m");
}

/** How many files beside scripts are ignored, for the log; undefined if none are. */
export function describeIgnored(skipped: readonly Skipped[]): string | undefined {
  const ignored = skipped.filter(isBesideScripts);
  if (ignored.length === 0) return undefined;
  const files =
    ignored.length === 1
      ? "1 file that is not a script"
      : `${ignored.length} files that are not scripts`;
  return `ignored ${files}; init plan shows them`;
}

/** The same with names, for an author. */
export function listIgnored(skipped: readonly Skipped[]): string | undefined {
  const ignored = skipped.filter(isBesideScripts);
  if (ignored.length === 0) return undefined;
  const named = ignored
    .slice(0, MOST_NAMED)
    .map(({ name, reason }) =>
      reason === DATA ? showName(name) : `${showName(name)} (${reason})`,
    );
  const more = ignored.length - named.length;
  const rest = more > 0 ? ` and ${more} more` : "";
  return `note: not scripts, and ignored: ${named.join(", ")}${rest}`;
}

function isBesideScripts({ reason }: Skipped): boolean {
  return reason === DATA || reason === LIBRARY || reason.startsWith("used by ");
}
