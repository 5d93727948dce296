/** Writes a part of the v2 database, given as sorted runs, to table files. */
import { type Pointer } from "bun:ffi";
import type { Result } from "../../../src/lib/result.ts";
import { KEY_BYTES } from "./key-codec.ts";
import type { RocksDb } from "./rocksdb.ts";
import type { Run } from "./run-buffer.ts";
import { mergeRuns } from "./run-merge.ts";
import { createSstFiles } from "./sst-files.ts";
import type { Tally } from "./tally.ts";

export type WriteJob = {
  /** In the order of their offsets. */
  readonly runs: readonly Run[];
  readonly largestRecordWords: number;
  /** The options of the tables, a `rocksdb_options_t*` of this process. */
  readonly options: number;
  /** The paths of the files begin with this. */
  readonly prefix: string;
  /** For reading the runs, in bytes. */
  readonly memory: number;
};

/** The files in the order of their keys, fsynced. Throws as read(2) fails. */
export function writePart(rocks: RocksDb, job: WriteJob, tally: Tally): Result<string[], string> {
  const files = createSstFiles(rocks, job.prefix, job.options as Pointer);
  const emit: typeof files.put = (inodeHigh, inodeLow, offsetHigh, offsetLow, value, bytes) => {
    files.put(inodeHigh, inodeLow, offsetHigh, offsetLow, value, bytes);
    tally.add(KEY_BYTES + 8 + bytes);
  };
  mergeRuns(job.runs, job.largestRecordWords, job.memory, emit);
  return files.finish();
}
