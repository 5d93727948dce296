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
export const DATA_NAME =
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

/** More is not searched for names of other files: of one script, and of all together. */
const SEARCHED_BYTES = 256 * 1024;
const SEARCHED_IN_ALL = 16 * 1024 * 1024;

/** Words that may be the name of a file, and lines of Python that import (docs.python.org, simple_stmts). */
const WORD = /[\w.-]+/g;
const IMPORT = /^[ \t]*(?:from|import)[ \t][^\n#]*/gm;

/** Which scripts, and libraries of scripts, name a file. */
function createMentions(files: readonly Undecided[], scripts: readonly Script[]): Mentions {
  const users = new Map<string, User[]>();
  let left = SEARCHED_IN_ALL;
  for (const user of [...scripts, ...files.filter(isReadable)]) {
    const head = left > 0 ? readHead(user.path, SEARCHED_BYTES) : undefined;
    if (head?.ok !== true) continue;
    left -= head.value.length;
    for (const word of namesIn(head.value.toString("latin1"))) {
      const known = users.get(word);
      if (known === undefined) users.set(word, [user]);
      // A file may name itself: then another one counts.
      else if (known.length < 2) known.push(user);
    }
  }
  return {
    of: ({ path, name }) =>
      users.get(wordOf(name))?.find((user) => user.path !== path)?.name ??
      users.get(moduleOf(name))?.find((user) => user.path !== path)?.name,
  };
}

type User = { readonly path: string; readonly name: string };

/** Names of files, without directories; modules that are imported are marked as such. */
function namesIn(text: string): ReadonlySet<string> {
  const words = (text.match(WORD) ?? []).map(withoutStops).filter(Boolean);
  const modules = (text.match(IMPORT) ?? []).flatMap((line) => line.match(/\w+/g) ?? []);
  return new Set([...words, ...modules.map((module) => `import ${module}`)]);
}

/** `common.sh.` at the end of a sentence. */
function withoutStops(word: string): string {
  let end = word.length;
  while (end > 0 && (word[end - 1] === "." || word[end - 1] === "-")) end--;
  return word.slice(0, end);
}

function wordOf(name: string): string {
  return Buffer.from(baseOf(name)).toString("latin1");
}

/** `lib/disks.py` is the module disks, `lib/__init__.py` is lib. */
function moduleOf(name: string): string {
  if (!name.endsWith(".py")) return "";
  const [base = "", directory = ""] = name.split("/").toReversed();
  return `import ${base === "__init__.py" ? directory : base.slice(0, -3)}`;
}

function isReadable({ isProgram, name }: Undecided): boolean {
  return isProgram || SCRIPT_NAME.test(name);
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
  return `not scripts, and ignored: ${named.join(", ")}${rest}`;
}

/** Data, libraries, and files that scripts name; not what is hidden, a backup or documentation. */
export function isBesideScripts({ reason }: Skipped): boolean {
  return reason === DATA || reason === LIBRARY || reason.startsWith("used by ");
}
