import { close, writeAll } from "../../lib/linux/descriptors.ts";
import * as calls from "../../lib/linux/file-calls.ts";
import { openOwnFile, replaceOwnFile } from "../../lib/linux/own-file.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import { compactHistory, EMPTY_HISTORY, readHistory, type History } from "./history.ts";

/** The file of the record in a state directory: one entry a line. */
export const RECORD_FILE = "record.jsonl";

/** A record that is damaged or too large is kept under this name, once. */
export const ASIDE_FILE = "record.jsonl.old";

/** No more is read of a record, from its end. */
export const READ_BYTES = 1024 * 1024;

/** A longer record is compacted if that makes it much shorter. */
const COMPACT_BYTES = 16 * 1024;
const COMPACT_RATIO = 4;

/** What is in a record, and why it is not all of it or not to go on with. */
export type ReadRecord = {
  readonly history: History;
  readonly size: number;
  /** Why it is to be set aside. */
  readonly damage: string | undefined;
};

/** Reads the record of a state directory; the error is why it is not believed. */
export function readRecordFile(directory: number): Result<ReadRecord, string> {
  const opened = openOwnFile(directory, RECORD_FILE, { for: "reading", create: undefined });
  if (!opened.ok) return opened;
  if (opened.value === undefined) {
    return ok({ history: EMPTY_HISTORY, size: 0, damage: undefined });
  }
  const { fd, size } = opened.value;
  const start = Math.max(0, size - READ_BYTES);
  const bytes = calls.readFrom(fd, start, Math.min(size, READ_BYTES));
  close(fd);
  if (!bytes.ok) return bytes;
  const text = new TextDecoder().decode(bytes.value);
  // Where reading begins within a line, that line is lost.
  const history = readHistory(start === 0 ? text : text.slice(text.indexOf("\n") + 1));
  return ok({ history, size, damage: damageOf(size, history) });
}

function damageOf(size: number, { foreign, ...rest }: History): string | undefined {
  if (size > READ_BYTES) return `it is ${size} bytes long`;
  const isEmpty = rest.lastEnds.size + rest.applied.size === 0 && rest.unfinished.length === 0;
  const hasNoEntry = isEmpty && !rest.prepared && !rest.failed && !rest.interrupted;
  const isNewer = foreign.some((line) => /^\{"v":[2-9]/.test(line));
  return foreign.length > 0 && hasNoEntry && !isNewer ? "it holds no entry" : undefined;
}

/** Writes to the end of a record. After the first failure nothing more: a gap could hide a failure. */
export type Appender = {
  readonly append: (lines: string) => void;
  /** Waits until all is on the disk. @returns why not all is there */
  readonly sync: () => string | undefined;
};

/** Sets a damaged record aside, compacts a long one, and opens it for writing. */
export function openAppender(
  directory: number,
  { history, size, damage }: ReadRecord,
): Result<Appender, string> {
  // What is no entry stays in the file that is set aside.
  const kept = damage === undefined ? history : { ...history, foreign: [] };
  const compacted = Buffer.from(compactHistory(kept));
  const isLong = size > COMPACT_BYTES && size > COMPACT_RATIO * compacted.length;
  if (damage !== undefined) {
    const moved = calls.rename(directory, RECORD_FILE, ASIDE_FILE);
    if (!moved.ok) return moved;
  }
  if (damage !== undefined || isLong) {
    const replaced = replaceOwnFile(directory, RECORD_FILE, compacted, "durably");
    if (!replaced.ok) return replaced;
  }
  const opened = openOwnFile(directory, RECORD_FILE, { for: "appending", create: 0o600 });
  if (!opened.ok) return opened;
  if (opened.value === undefined) return fail("ENOENT");
  const { fd, size: sizeNow } = opened.value;
  // Earlier versions made it readable for all.
  calls.changeMode(fd, 0o600);
  const made = size === 0 ? calls.sync(directory) : ok(undefined);
  if (!made.ok) return made;
  return ok(createAppender(fd, endsTorn(fd, sizeNow)));
}

function createAppender(fd: number, isTorn: boolean): Appender {
  // A line that was interrupted, by power loss or a full disk, must not swallow the next one.
  let before = isTorn ? "\n" : "";
  let failure: string | undefined;
  return {
    append(lines) {
      if (failure !== undefined || lines === "") return;
      const written = writeAll(fd, Buffer.from(`${before}${lines}`));
      before = "";
      if (!written.ok) failure = written.error;
    },
    sync() {
      if (failure !== undefined) return failure;
      const synced = calls.syncData(fd);
      if (!synced.ok) failure = synced.error;
      return failure;
    },
  };
}

function endsTorn(fd: number, size: number): boolean {
  if (size === 0) return false;
  const last = calls.readFrom(fd, size - 1, 1);
  return last.ok && last.value[0] !== 0x0a;
}
