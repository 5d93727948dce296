/**
 * The framing that write-ahead logs and MANIFESTs share, from RocksDB's db/log_format.h: blocks of
 * 32 KiB, in them physical records of CRC-32C (of all that follows it), length, type, in a recycled
 * file also the log's number, then data. A record that does not fit into a block is split.
 *
 * RocksDB's own reader takes many a damage for the log's end. This one takes only what an
 * interrupted writer leaves for it, and only where nothing sound follows.
 */
import { type Result, fail, ok } from "../../../../src/lib/result.ts";
import {
  LOG_BLOCK_BYTES,
  LOG_HEADER_BYTES,
  type Part,
  type Physical,
  isRecycled,
  isSoundAt,
  physicalAt,
} from "./log-record.ts";
import { type OpenFile, readAt } from "./open-file.ts";
import type { Problem } from "./problem.ts";

/** How the records end: with the last one, or where its writer was interrupted, as zeros after it show too. */
export type LogEnd = "whole" | "torn";

/** Called for each record; the bytes hold until it returns. What it gives ends the reading. */
export type VisitRecord = (record: Uint8Array) => Problem | undefined;

/** `logNumber` is that in the file's name. Throws as read(2) fails. */
export function readLog(
  file: OpenFile,
  logNumber: number,
  visit: VisitRecord,
): Result<LogEnd, Problem> {
  const block = new Uint8Array(LOG_BLOCK_BYTES);
  const joined = createJoiner(visit);
  let recycled = false;
  let padded = false;
  for (let start = 0; start < file.bytes; start += LOG_BLOCK_BYTES) {
    const filled = readAt(file, block, start);
    let at = 0;
    while (at + LOG_HEADER_BYTES <= filled) {
      const found = physicalAt(block, at, filled, logNumber);
      padded = found.kind === "filler";
      if (found.kind === "filler") break;
      if (found.kind === "unknown")
        return fail({ kind: "unsupported", file: file.name, what: found.what });
      if (found.kind !== "part") {
        const why = whyNotTheEnd(
          file,
          logNumber,
          start + at,
          found,
          recycled || found.kind === "stale",
        );
        if (why !== undefined) return fail(corrupt(file, start + at, why));
        return ok(found.kind === "stale" && !joined.open() ? "whole" : "torn");
      }
      recycled ||= isRecycled(block[at + 6] as number);
      const problem = joined.add(found.part, block.subarray(found.start, found.end));
      if (problem === "out of order") return fail(corrupt(file, start + at, "is out of order"));
      if (problem !== undefined) return fail(problem);
      at = found.end;
    }
    if (filled < LOG_BLOCK_BYTES && at < filled && at + LOG_HEADER_BYTES > filled)
      return ok("torn");
  }
  return ok(joined.open() || padded ? "torn" : "whole");
}

/**
 * Undefined if the log ends at `position`. In a recycled file the last record may be followed by the
 * middle of an older one, which looks broken.
 */
function whyNotTheEnd(
  file: OpenFile,
  logNumber: number,
  position: number,
  found: Exclude<Physical, { kind: "part" | "filler" | "unknown" }>,
  recycled: boolean,
): string | undefined {
  if (soundRecordAfter(file, logNumber, position, recycled))
    return found.kind === "broken"
      ? `${found.why}, and sound records follow it`
      : "is missing, and sound records follow it";
  return found.kind === "broken" && (found.ours || !recycled) ? found.why : undefined;
}

/** Anywhere in the same block, or at the start of a later one: no record reaches over a block's end. */
function soundRecordAfter(
  file: OpenFile,
  logNumber: number,
  position: number,
  recycled: boolean,
): boolean {
  const block = new Uint8Array(LOG_BLOCK_BYTES);
  const first = position - (position % LOG_BLOCK_BYTES);
  for (let start = first; start < file.bytes; start += LOG_BLOCK_BYTES) {
    const filled = readAt(file, block, start);
    const from = start === first ? position - first + 1 : 0;
    const to = start === first ? LOG_BLOCK_BYTES : 1;
    for (let at = from; at < to && at + LOG_HEADER_BYTES <= filled; at++)
      if (isSoundAt(block, at, filled, { number: logNumber, recycled })) return true;
  }
  return false;
}

/** Puts the parts of records together. */
function createJoiner(visit: VisitRecord) {
  let parts: Uint8Array[] | undefined;
  return {
    /** Whether the last part of a record is still to come. */
    open: () => parts !== undefined,
    add(part: Part, data: Uint8Array) {
      const begins = part === "full" || part === "first";
      // Old writers left an empty first part at a block's end and began again in the next one.
      const abandoned = parts?.every(({ length }) => length === 0) ?? true;
      if (begins ? !abandoned : parts === undefined) return "out of order";
      if (part === "full") {
        parts = undefined;
        return visit(data);
      }
      if (part === "first") parts = [];
      parts?.push(data.slice());
      if (part !== "last") return undefined;
      const whole = Buffer.concat(parts ?? []);
      parts = undefined;
      return visit(whole);
    },
  };
}

function corrupt(file: OpenFile, position: number, why: string): Problem {
  return { kind: "corrupt", file: file.name, why: `the record at byte ${position} ${why}` };
}
