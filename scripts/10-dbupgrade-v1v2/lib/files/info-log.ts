/**
 * What RocksDB's own log, the file LOG, shows of the write-ahead logs of a database. Nothing else on
 * the disk shows that the newest of them is missing, or where they are if OPTIONS is missing.
 */
import { join } from "node:path";
import { type Result, ok } from "../../../../src/lib/result.ts";
import { readAt, withFile } from "./open-file.ts";
import type { Problem } from "./problem.ts";

export type InfoLog = {
  /** The setting wal_dir, where it is another directory than the database's. */
  readonly walDirectory: string | undefined;
  /** Write-ahead logs that there were, by number; some of them are no longer needed. */
  readonly wals: readonly number[];
  /** There was another one of a higher number than this; 0 if that does not show. */
  readonly newerThan: number;
};

/** It grows as long as a node runs: the settings are at its beginning, the newest lines at its end. */
const LOOKED_AT = 256 << 10;

const NOTHING: InfoLog = { walDirectory: undefined, wals: [], newerThan: 0 };

/** A LOG that is missing or cannot be read shows nothing. */
export function readInfoLog(directory: string): InfoLog {
  const read = withFile<InfoLog>(join(directory, "LOG"), (file): Result<InfoLog, Problem> => {
    const [head, tail] = [Buffer.alloc(LOOKED_AT), Buffer.alloc(LOOKED_AT)];
    const headBytes = readAt(file, head, 0);
    const tailBytes = readAt(file, tail, Math.max(0, file.bytes - LOOKED_AT));
    return ok(parse(head.toString("latin1", 0, headBytes), tail.toString("latin1", 0, tailBytes)));
  });
  return read.ok ? read.value : NOTHING;
}

function parse(head: string, tail: string): InfoLog {
  const directory = /Options\.wal_dir: (.+)$/m.exec(head)?.[1]?.trim();
  const recovered = recoveredIn(head);
  return {
    walDirectory: directory === "" ? undefined : directory,
    wals: [...new Set([...recovered, ...madeIn(head), ...madeIn(tail)])],
    // Once a database is open, it has a log that is newer than those it recovered.
    newerThan: head.includes("DB pointer") ? Math.max(0, ...recovered) : 0,
  };
}

function madeIn(text: string): number[] {
  const made = text.matchAll(/New memtable created with log file: #(\d+)/g);
  return [...made].map(([, number]) => Number(number));
}

function recoveredIn(head: string): number[] {
  const list = /"recovery_started", "(?:wal|log)_files": \[([\d, ]*)\]/.exec(head)?.[1];
  return list?.match(/\d+/g)?.map(Number) ?? [];
}
