/**
 * How often the cause of each event of this pod has come up, kept on the node: a container that
 * starts again then needs one request for an event instead of three, and tells also of what could
 * not be posted before. Whatever is wrong with the file, and a power failure that loses it, costs
 * no more than that.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type EventCounts = {
  readonly get: (event: string) => number | undefined;
  readonly set: (event: string, count: number) => void;
};

/** The file is `<stateDir>/events.json`; without a state directory the counts live in memory. */
export function openEventCounts(stateDir: string | undefined, podUid: string): EventCounts {
  const path = stateDir && join(stateDir, "events.json");
  const counts = new Map(path ? readCounts(path, podUid) : []);
  return {
    get: (event) => counts.get(event),
    set(event, count) {
      counts.set(event, count);
      if (path) writeCounts(path, podUid, counts);
    },
  };
}

function readCounts(path: string, podUid: string): [string, number][] {
  try {
    const { pod, counts } = JSON.parse(readFileSync(path, "utf8"));
    if (pod !== podUid) return [];
    return Object.entries(counts).flatMap(([event, count]) =>
      Number.isSafeInteger(count) ? [[event, Number(count)]] : [],
    );
  } catch {
    return [];
  }
}

function writeCounts(path: string, podUid: string, counts: ReadonlyMap<string, number>): void {
  const text = JSON.stringify({ pod: podUid, counts: Object.fromEntries(counts) });
  try {
    writeFileSync(`${path}.new`, `${text}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch {
    // see above
  }
}
