/**
 * The marker beside a database says which databases were seen to be v2. It is written before v1 and
 * v2 change places, and so is the journal of that change. It names a database by RocksDB's identity,
 * and holds for it only from the state on in which it was marked: files of another database that are
 * copied over it are not taken for v2.
 */
import { writeDurably } from "../../../../src/lib/linux/durable-file.ts";
import type { Result } from "../../../../src/lib/result.ts";
import { readRegularFile } from "./regular-file.ts";
import { type Manifest, type Standing, manifestNumber } from "./standing.ts";

export type Mark = {
  /** Of the v2 database. */
  readonly identity: string;
  /** The name of the v1 database it was made from; undefined if a node made it as v2. */
  readonly upgradedFrom: string | undefined;
  /** Of an upgrade: what v2 held after it. */
  readonly pairs: number;
  readonly checksum: string;
  /** The database's state when it was marked; later states have higher numbers. */
  readonly sequence: number;
  readonly manifest: Manifest | undefined;
  /** What decided that the database was v1, or v2: its keys, or an operator's word. */
  readonly decidedBy: string;
};

/** Of databases that have come and gone, so many are remembered. */
const MOST_MARKS = 8;

/** The marks, newest first; none if there is no marker, or none that can be read. */
export function readMarks(path: string): Mark[] {
  const text = readRegularFile(path)?.toString("utf8");
  if (text === undefined) return [];
  try {
    const marker = JSON.parse(text) as { readonly earlier?: unknown } | null;
    const earlier = Array.isArray(marker?.earlier) ? (marker.earlier as unknown[]) : [];
    return [marker, ...earlier].flatMap((mark) => markOf(mark) ?? []).slice(0, MOST_MARKS);
  } catch {
    return [];
  }
}

/**
 * Adds a mark to those there are. It takes the place of an earlier one for the same database only if
 * that was no upgrade's, which knows more.
 */
export function writeMark(path: string, mark: Mark): Result<unknown, string> {
  const earlier = readMarks(path).filter(
    ({ identity, upgradedFrom }) => identity !== mark.identity || upgradedFrom !== undefined,
  );
  const marker = { format: "v2", ...mark, earlier: earlier.slice(0, MOST_MARKS - 1) };
  return writeDurably(path, `${JSON.stringify(marker)}\n`, 0o644);
}

export type Hold = "exactly" | "by-name" | "no";

/** Whether a mark holds for a database: it is unchanged since, it may be the same, or it cannot be. */
export function holdOf(mark: Mark, { identity, manifest }: Standing): Hold {
  if (mark.identity !== identity) return "no";
  const marked = mark.manifest;
  if (marked === undefined || manifest === undefined) return "by-name";
  if (marked.name === manifest.name)
    return marked.bytes === manifest.bytes && marked.sha256 === manifest.sha256
      ? "exactly"
      : "by-name";
  return manifestNumber(manifest) > manifestNumber(marked) ? "by-name" : "no";
}

function markOf(value: unknown): Mark | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const mark = value as Readonly<Record<keyof Mark, unknown>>;
  if (typeof mark.identity !== "string" || mark.identity === "") return undefined;
  return {
    identity: mark.identity,
    upgradedFrom: typeof mark.upgradedFrom === "string" ? mark.upgradedFrom : undefined,
    pairs: typeof mark.pairs === "number" ? mark.pairs : 0,
    checksum: typeof mark.checksum === "string" ? mark.checksum : "",
    sequence: typeof mark.sequence === "number" ? mark.sequence : 0,
    manifest: manifestOf(mark.manifest),
    decidedBy: typeof mark.decidedBy === "string" ? mark.decidedBy : "",
  };
}

function manifestOf(value: unknown): Manifest | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { name, bytes, sha256 } = value as Readonly<Record<keyof Manifest, unknown>>;
  const isWhole =
    typeof name === "string" && typeof bytes === "number" && typeof sha256 === "string";
  return isWhole ? { name, bytes, sha256 } : undefined;
}
