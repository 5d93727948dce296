import type { Verdict } from "../run/outcome.ts";

/** A line of the preparation record: what was begun and what came of it, in the order it happened. */
export type Entry = StartEntry | EndEntry | PreparedEntry;

export type StartEntry = {
  readonly v: 1;
  readonly type: "start";
  /** Path below the scripts directory. */
  readonly script: string;
  /** `sha256:…` of the script's content. */
  readonly digest: string;
  readonly nodeImage: string | null;
  readonly kernel: string;
  /** Identifies one boot of the host (proc(5), random/boot_id). */
  readonly bootId: string;
  /** RFC 3339. */
  readonly at: string;
};

export type EndEntry = Omit<StartEntry, "type"> & {
  readonly type: "end";
  /** `interrupted`: the run was cut off, by power loss or SIGKILL, while the script ran. */
  readonly outcome: Verdict | "interrupted";
  readonly startedAt: string;
  readonly attempts: number;
};

/** A whole run succeeded with this node image. */
export type PreparedEntry = {
  readonly v: 1;
  readonly type: "prepared";
  readonly nodeImage: string | null;
  readonly at: string;
};

export function formatEntry(entry: Entry): string {
  return `${JSON.stringify(entry)}\n`;
}

/** The entry in a line; undefined if the line is torn, garbage or of another version. */
export function parseEntry(line: string): Entry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isObject(value) || value["v"] !== 1) return undefined;
  switch (value["type"]) {
    case "prepared":
      return hasTexts(value, ["at"]) && isImage(value["nodeImage"])
        ? (value as PreparedEntry)
        : undefined;
    case "start":
      return isAboutScript(value) ? (value as StartEntry) : undefined;
    case "end":
      return isAboutScript(value) &&
        hasTexts(value, ["outcome", "startedAt"]) &&
        typeof value["attempts"] === "number"
        ? (value as EndEntry)
        : undefined;
    default:
      return undefined;
  }
}

type Fields = Record<string, unknown>;

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isAboutScript(value: Fields): boolean {
  return (
    hasTexts(value, ["script", "digest", "kernel", "bootId", "at"]) && isImage(value["nodeImage"])
  );
}

function hasTexts(value: Fields, names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === "string");
}

function isImage(value: unknown): boolean {
  return value === null || typeof value === "string";
}
