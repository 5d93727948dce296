/**
 * How often the cause of each event of this pod has come up, kept on the node: a container that
 * starts again then needs one request for an event instead of three, and tells also of what could
 * not be posted before. Whatever is wrong with the file, and a power failure that loses it, costs
 * no more than that.
 */
export type EventCounts = {
  readonly get: (event: string) => number | undefined;
  readonly set: (event: string, count: number) => void;
};

/** Where the counts are kept. */
export type CountsFile = {
  /** undefined if there is none, or it cannot be read. */
  readonly read: () => Promise<string | undefined>;
  /** Replaces it, without waiting for the disk. */
  readonly write: (text: string) => void;
};

/** Without a file the counts live in memory. */
export async function openEventCounts(
  file: CountsFile | undefined,
  podUid: string,
): Promise<EventCounts> {
  const counts = new Map(parseCounts(await file?.read(), podUid));
  return {
    get: (event) => counts.get(event),
    set(event, count) {
      counts.set(event, count);
      file?.write(`${JSON.stringify({ pod: podUid, counts: Object.fromEntries(counts) })}\n`);
    },
  };
}

function parseCounts(text: string | undefined, podUid: string): [string, number][] {
  if (text === undefined) return [];
  try {
    const { pod, counts } = JSON.parse(text);
    if (pod !== podUid) return [];
    return Object.entries(counts).flatMap(([event, count]) =>
      Number.isSafeInteger(count) ? [[event, Number(count)]] : [],
    );
  } catch {
    return [];
  }
}
