import { closeSync, constants, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { type Host, readText } from "./host.ts";

/** Clocks of the kernel's log and of /proc/uptime may differ by this much. */
const SLACK_MS = 1000;
/** The longest record that /dev/kmsg gives (Documentation/ABI/testing/dev-kmsg). */
const RECORD_BYTES = 8192;

/** Milliseconds since boot; 0 when unknown, so that the whole log counts as later. */
export function uptimeMs(host: Host): number {
  const seconds = Number.parseFloat(readText(join(host.proc, "uptime")) ?? "");
  return Number.isNaN(seconds) ? 0 : seconds * 1000;
}

/** The kernel's messages since that uptime, oldest first; none where /dev/kmsg cannot be read. */
export function readKernelLog(sinceMs: number, path = "/dev/kmsg"): string[] {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return [];
  }
  try {
    return readRecords(fd).flatMap((record) => parseRecord(record, sinceMs) ?? []);
  } finally {
    closeSync(fd);
  }
}

function readRecords(fd: number): string[] {
  const records: string[] = [];
  const buffer = Buffer.alloc(RECORD_BYTES);
  for (;;) {
    try {
      const length = readSync(fd, buffer);
      if (length === 0) return records;
      records.push(buffer.toString("utf8", 0, length));
    } catch (error) {
      // EPIPE: the record was overwritten while we read; the next read gives the oldest one left.
      if ((error as NodeJS.ErrnoException).code !== "EPIPE") return records;
    }
  }
}

/** `4,1234,56789012,-;tcm_loop: Unknown symbol …`: the third number is microseconds since boot. */
function parseRecord(record: string, sinceMs: number): string | undefined {
  const [head = "", ...rest] = record.split(";");
  const message = rest.join(";").split("\n")[0];
  const time = Number(head.split(",")[2]) / 1000;
  return time >= sinceMs - SLACK_MS ? message : undefined;
}
