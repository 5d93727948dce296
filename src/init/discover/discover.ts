import { isUtf8 } from "node:buffer";
import type { Stats } from "node:fs";
import { identitiesAbove, identityOf, listNames, statEntry, unusable } from "./files.ts";
import { decide, LIBRARY, type Skipped, type Undecided } from "./data.ts";
import { inspectFile } from "./inspect.ts";
import type { Problem, Script } from "./script.ts";
import { createOwners, faultOfDirectory, type Remark } from "./writable.ts";

export type Discovery = {
  readonly scripts: readonly Script[];
  readonly skipped: readonly Skipped[];
  /** Anything here means that nothing may run. */
  readonly problems: readonly Problem[];
  readonly remarks: readonly Remark[];
};

/** More are no scripts directory but a whole file system, as behind `-scripts=/`. */
const MOST_ENTRIES = 10_000;

type Directory = {
  readonly path: string;
  /** Path below the scripts directory; empty for itself. */
  readonly name: string;
  /** This directory and those above it, to see a cycle of links. */
  readonly identities: readonly string[];
};

/**
 * Walks a scripts directory depth first, the entries of each directory in byte order of their names,
 * and inspects every script. Links are followed; all problems are collected.
 * @param searchPath the PATH that scripts get, where `#!/usr/bin/env x` looks for x
 */
export function discover(path: string, searchPath: string): Discovery {
  const scripts: Script[] = [];
  const skipped: Skipped[] = [];
  const problems: Problem[] = [];
  const undecided: Undecided[] = [];
  const owners = createOwners();
  let entries = 0;
  const root = statEntry(path);
  if (!root.ok) problems.push({ path, ...root.error });
  else {
    const identities = [...identitiesAbove(path), identityOf(root.value)];
    walk({ path, name: "", identities }, root.value);
  }
  if (undecided.length > 0 && entries <= MOST_ENTRIES) {
    const decided = decide(undecided, scripts);
    skipped.push(...decided.skipped);
    problems.push(...decided.problems);
    problems.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
    skipped.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  }
  if (entries > MOST_ENTRIES) problems.splice(0, Infinity, { path, ...TOO_MANY });
  return { scripts, skipped, problems, remarks: owners.remarks() };

  function walk(directory: Directory, stats: Stats): void {
    const names = listNames(directory.path);
    if (!names.ok) {
      problems.push({ path: directory.path, ...names.error });
      return;
    }
    owners.note(directory.path, stats);
    const fault = faultOfDirectory(directory.path, stats, names.value);
    if (fault !== undefined) problems.push({ path: directory.path, ...fault });
    const isConfigMap = names.value.some((entry) => entry.equals(CONFIG_MAP_DATA));
    for (const bytes of names.value.toSorted((a, b) => Buffer.compare(a, b))) {
      entries++;
      if (entries > MOST_ENTRIES) return;
      if (isUtf8(bytes)) visit(bytes.toString(), directory, isConfigMap);
      else visitUnnamable(escapeBytes(bytes), directory);
    }
  }

  function visitUnnamable(entry: string, directory: Directory): void {
    const reason = reasonToSkip(entry);
    if (reason !== undefined) {
      skipped.push({ name: nameIn(directory, entry), reason });
      return;
    }
    const fault = unusable("its name is not UTF-8", "Rename it");
    problems.push({ path: join(directory.path, entry), ...fault });
  }

  function visit(entry: string, directory: Directory, isConfigMap: boolean): void {
    const entryPath = join(directory.path, entry);
    const name = nameIn(directory, entry);
    const reason = reasonToSkip(entry);
    if (reason !== undefined) {
      skipped.push({ name, reason });
      return;
    }
    const stats = statEntry(entryPath);
    if (!stats.ok) {
      problems.push({ path: entryPath, ...stats.error });
    } else if (stats.value.isDirectory()) {
      descend({ path: entryPath, name, identities: directory.identities }, stats.value);
    } else if (stats.value.isFile()) {
      owners.note(entryPath, stats.value);
      const place = { name, isConfigMap, searchPath };
      const found = inspectFile(entryPath, stats.value, place);
      if (!found.ok) problems.push(...found.error);
      else if (found.value.is === "script") {
        scripts.push({ name, path: entryPath, settings: found.value.settings });
      } else if (found.value.is === "library") skipped.push({ name, reason: LIBRARY });
      else undecided.push(found.value.file);
    } else {
      const fault = unusable("it is neither a file nor a directory", "Remove it");
      problems.push({ path: entryPath, ...fault });
    }
  }

  function descend(directory: Directory, stats: Stats): void {
    const identity = identityOf(stats);
    if (directory.identities.includes(identity)) {
      const fault = unusable("it is a link to a directory above it, a cycle", "Remove the link");
      problems.push({ path: directory.path, ...fault });
    } else {
      walk({ ...directory, identities: [...directory.identities, identity] }, stats);
    }
  }
}

const TOO_MANY = unusable(
  `it holds more than ${MOST_ENTRIES} entries`,
  "Check that -scripts names a scripts directory, and that no link in it leads out of it",
);

/** Why a directory entry is no script, judged by its name alone; undefined if it may be one. */
export function reasonToSkip(entry: string): string | undefined {
  if (entry.startsWith(".")) return "hidden";
  if (/\.(?:md|txt)$/i.test(entry)) return "documentation";
  if (/(?:~|\.bak|\.orig|\.swp|\.dpkg-[^.]*)$/.test(entry) || /^#.*#$/s.test(entry))
    return "backup";
  return undefined;
}

/** Kubernetes keeps a ConfigMap's files in `..data`; the names beside it are links into that. */
const CONFIG_MAP_DATA = Buffer.from("..data");

function join(directory: string, entry: string): string {
  return directory.endsWith("/") ? `${directory}${entry}` : `${directory}/${entry}`;
}

/** The name of an entry below the scripts directory. */
function nameIn({ name }: Directory, entry: string): string {
  return name === "" ? entry : `${name}/${entry}`;
}

/** A name that is not UTF-8, as a shell's $'…' would take it. */
function escapeBytes(bytes: Buffer): string {
  const latin = bytes.toString("latin1");
  return latin.replaceAll(
    /[^\u0020-\u007e]/g,
    (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
