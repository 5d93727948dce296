import {
  existsSync,
  fdatasync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  write,
} from "node:fs";
import { dirname } from "node:path";
import { syncDirectory, writeDurably } from "../../lib/linux/durable-file.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import { formatEntry, type Entry } from "./entry.ts";
import { compactHistory, EMPTY_HISTORY, readHistory, type History } from "./history.ts";
import { messageOf } from "../../lib/text/error.ts";

/** Beyond this a record is compacted when a run opens it. */
const COMPACT_BYTES = 256 * 1024;

/** The file of the record in a state directory: one entry a line. */
function recordFile(stateDir: string): string {
  return `${stateDir}/record.jsonl`;
}

/** What earlier runs recorded; nothing if there is no record or it cannot be read. */
export function readRecord(stateDir: string): History {
  try {
    return readHistory(readFileSync(recordFile(stateDir), "utf8"));
  } catch {
    return EMPTY_HISTORY;
  }
}

/** Makes a state directory. Its parent must be there: that is what the host mounts. */
export function makeStateDir(stateDir: string): Result<void, string> {
  if (existsSync(stateDir)) return ok(undefined);
  const parent = dirname(stateDir);
  if (!existsSync(parent)) return fail(`${parent} does not exist; mount it, or set --state-dir`);
  try {
    mkdirSync(stateDir, { mode: 0o755 });
    syncDirectory(parent);
    return ok(undefined);
  } catch (error) {
    return fail(messageOf(error));
  }
}

/** Appends to a record; each entry is on the disk when it resolves. */
export type Appender = (entry: Entry) => Promise<Result<void, string>>;

/** Opens the record of a state directory that this process has locked, and compacts a long one. */
export function openAppender(stateDir: string, history: History): Result<Appender, string> {
  const path = recordFile(stateDir);
  try {
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > COMPACT_BYTES) {
      const compacted = writeDurably(path, compactHistory(history), 0o644);
      if (!compacted.ok) return compacted;
    }
    const isNew = !existsSync(path);
    const fd = openSync(path, "a+", 0o644);
    if (isNew) syncDirectory(stateDir);
    return ok(createAppender(fd, endsTorn(fd)));
  } catch (error) {
    return fail(messageOf(error));
  }
}

function createAppender(fd: number, startsTorn: boolean): Appender {
  let isTorn = startsTorn;
  let previous: Promise<unknown> = Promise.resolve();
  return (entry) => {
    const appended = previous.then(() => append(entry));
    previous = appended;
    return appended;
  };

  async function append(entry: Entry): Promise<Result<void, string>> {
    // A line that was cut off, by power loss or a full disk, must not swallow this one.
    const bytes = Buffer.from(`${isTorn ? "\n" : ""}${formatEntry(entry)}`);
    try {
      const bytesWritten = await writeOnce(fd, bytes);
      isTorn = bytesWritten > 0 && bytesWritten < bytes.length;
      if (bytesWritten < bytes.length) return fail("no space left on the disk");
      await syncData(fd);
      return ok(undefined);
    } catch (error) {
      return fail(messageOf(error));
    }
  }
}

// node:fs/promises would add 3 ms to every start.
function writeOnce(fd: number, bytes: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, (error, written) => (error === null ? resolve(written) : reject(error)));
  });
}

function syncData(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fdatasync(fd, (error) => (error === null ? resolve() : reject(error)));
  });
}

function endsTorn(fd: number): boolean {
  const { size } = fstatSync(fd);
  if (size === 0) return false;
  const last = new Uint8Array(1);
  readSync(fd, last, 0, 1, size - 1);
  return last[0] !== 0x0a;
}
