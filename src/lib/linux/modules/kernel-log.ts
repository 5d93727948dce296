import { closeSync, constants, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { type Host, readText } from "../host.ts";

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
export function readKernelLog(host: Host, sinceMs: number): string[] {
  let fd: number;
  try {
    fd = openSync(join(host.dev, "kmsg"), constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return [];
  }
  try {
    const lines = readAll(fd).split("\n");
    return lines.flatMap((line) => parseRecord(line, sinceMs) ?? []);
  } finally {
    closeSync(fd);
  }
}

function readAll(fd: number): string {
  const records: string[] = [];
  const buffer = Buffer.alloc(RECORD_BYTES);
  for (;;) {
    try {
      const length = readSync(fd, buffer);
      if (length === 0) return records.join("");
      records.push(buffer.toString("utf8", 0, length));
    } catch (error) {
      // EAGAIN: that was all. EPIPE: the record was overwritten; the next read gives the oldest left.
      if ((error as NodeJS.ErrnoException).code !== "EPIPE") return records.join("");
    }
  }
}

/**
 * `4,1234,56789012,-;tcm_loop: Unknown symbol …`: the third number is microseconds since boot.
 * Lines that begin with a space are properties of the record before them.
 */
function parseRecord(line: string, sinceMs: number): string | undefined {
  const [, microseconds, message] = /^\d+,\d+,(\d+),[^;]*;(.*)$/.exec(line) ?? [];
  if (microseconds === undefined) return undefined;
  return Number(microseconds) / 1000 >= sinceMs - SLACK_MS ? message : undefined;
}
