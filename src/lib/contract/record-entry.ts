import { isFirstFailure, type FirstFailure } from "./first-failure.ts";
import type { Failure } from "../failure/failure.ts";
import type { Verdict } from "./verdict.ts";

/** A line of the preparation record, in the order of what happened. */
export type Entry =
  | RunEntry
  | StartEntry
  | EndEntry
  | PreparedEntry
  | NotPreparedEntry
  | UndoneEntry
  | AppliedEntry;

/** What a run is about to do: the one entry that is on the disk before its first script starts. */
export type RunEntry = {
  readonly v: 1;
  readonly type: "run";
  /** The run's id, as in the environment of its scripts. */
  readonly run: string;
  /** The scripts directory, as it was given. */
  readonly directory: string;
  /** Paths below it of the scripts that are to run; those that are skipped are left out. */
  readonly scripts: readonly string[];
  readonly nodeImage: string | null;
  readonly kernel: string;
  /** Identifies one boot of the host (proc(5), random/boot_id). */
  readonly bootId: string;
  /** RFC 3339. */
  readonly at: string;
};

export type StartEntry = {
  readonly v: 1;
  readonly type: "start";
  readonly directory: string;
  /** Path below the scripts directory. */
  readonly script: string;
  /** `sha256:…` of the script's content. */
  readonly digest: string;
  readonly nodeImage: string | null;
  readonly kernel: string;
  readonly bootId: string;
  readonly at: string;
};

export type EndEntry = Omit<StartEntry, "type"> & {
  readonly type: "end";
  /** `interrupted`: the run was interrupted, by power loss or SIGKILL, while the script ran. */
  readonly outcome: Verdict | "interrupted";
  readonly startedAt: string;
  readonly attempts: number;
  /** Why it failed or what it warns of; left out where there is nothing. */
  readonly failures?: readonly Failure[];
  /** How the series of failures began that goes on with this one; left out where it is the first. */
  readonly first?: FirstFailure;
  /** When it passed last, in this run or before; left out where it never did, or was undone since. */
  readonly applied?: string;
};

/** A whole run succeeded with this node image; all its entries are on the disk. */
export type PreparedEntry = {
  readonly v: 1;
  readonly type: "prepared";
  readonly nodeImage: string | null;
  readonly at: string;
};

/** A run ended otherwise, with this exit status; all its entries are on the disk. */
export type NotPreparedEntry = {
  readonly v: 1;
  readonly type: "not-prepared";
  readonly status: number;
  readonly at: string;
};

/** What the record shows was undone; all entries of the undo are on the disk. */
export type UndoneEntry = { readonly v: 1; readonly type: "undone"; readonly at: string };

/** When scripts of a directory passed that have not been undone since: what a compacted record keeps of their ends. */
export type AppliedEntry = {
  readonly v: 1;
  readonly type: "applied";
  readonly directory: string;
  /** Times by name. */
  readonly scripts: Readonly<Record<string, string>>;
};

export function formatEntry(entry: Entry): string {
  return `${JSON.stringify(entry)}\n`;
}

/**
 * The entry in a line; undefined if the line is torn, garbage or of another version, or holds what
 * init never writes: others may have written it, and it must reach neither log nor environment.
 */
export function parseEntry(line: string): Entry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return isObject(value) && value["v"] === 1 && isEntry(value)
    ? (value as unknown as Entry)
    : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function isEntry(value: Fields): boolean {
  switch (value["type"]) {
    case "run":
      return isAbout(value, ["run"]) && isList(value["scripts"]);
    case "start":
      return isAbout(value, ["digest"]) && isName(value["script"]);
    case "end":
      return (
        isAbout(value, ["digest", "outcome", "startedAt"]) &&
        isName(value["script"]) &&
        Number.isInteger(value["attempts"]) &&
        (value["applied"] === undefined || isWord(value["applied"])) &&
        (value["first"] === undefined || isFirstFailure(value["first"]))
      );
    case "prepared":
      return isWord(value["at"]) && isImage(value["nodeImage"]);
    case "not-prepared":
      return isWord(value["at"]) && Number.isInteger(value["status"]);
    case "undone":
      return isWord(value["at"]);
    case "applied":
      return isName(value["directory"]) && isTimes(value["scripts"]);
    default:
      return false;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isAbout(value: Fields, words: readonly string[]): boolean {
  return (
    ["kernel", "bootId", "at", ...words].every((name) => isWord(value[name])) &&
    isName(value["directory"]) &&
    isImage(value["nodeImage"])
  );
}

/** Longer than any that init writes; a line is not much longer either. */
const WORD_LENGTH = 512;

/** Without control characters, which act on a terminal. */
function isWord(value: unknown): boolean {
  return (
    typeof value === "string" &&
    value.length <= WORD_LENGTH &&
    !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(value)
  );
}

/** A path (PATH_MAX), in which every byte but NUL is allowed: it is quoted where it is shown. */
function isName(value: unknown): boolean {
  return typeof value === "string" && value.length <= 4096 && !value.includes("\0");
}

function isTimes(value: unknown): boolean {
  return isObject(value) && Object.entries(value).every(([name, at]) => isName(name) && isWord(at));
}

function isList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isName);
}

function isImage(value: unknown): boolean {
  return value === null || isWord(value);
}
