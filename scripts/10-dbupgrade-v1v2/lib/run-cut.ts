/** Cuts runs at inodes, so that each thread gets a range of inodes from all of them. */
import { readSync } from "node:fs";
import { compareInodeWords } from "./key-codec.ts";
import { cuts } from "./parts.ts";
import { type Mark, type Run, SEGMENT_HEADER_WORDS } from "./run-buffer.ts";

type Inode = { readonly high: number; readonly low: number };

/** For each of at most `parts` parts its piece of every run, in the runs' order. Throws as read(2) fails. */
export function cutRuns(runs: readonly Run[], parts: number): Run[][] {
  const pieces = runs.flatMap(({ marks, end }) =>
    marks.map((mark, index) => ({
      at: mark,
      weight: (marks[index + 1]?.position ?? end) - mark.position,
    })),
  );
  const bounds = cuts<Inode>(pieces, compare, parts);
  const edges = runs.map((run) => [
    run.start,
    ...bounds.map((inode) => positionOf(run, inode)),
    run.end,
  ]);
  return Array.from({ length: bounds.length + 1 }, (_, part) =>
    runs.map((run, index) => ({
      ...run,
      start: edges[index]?.[part] ?? run.end,
      end: edges[index]?.[part + 1] ?? run.end,
    })),
  );
}

/** Where the first segment of this or a higher inode begins. */
function positionOf({ file, marks, start, end }: Run, inode: Inode): number {
  const header = new Int32Array(SEGMENT_HEADER_WORDS);
  let position = marks.findLast((mark) => compare(mark, inode) < 0)?.position ?? start;
  while (position < end) {
    readSync(file, header, 0, header.byteLength, position);
    const [high = 0, low = 0, words = 0] = header;
    if (compareInodeWords(high, low, inode.high, inode.low) >= 0) return position;
    position += (SEGMENT_HEADER_WORDS + words) * 4;
  }
  return end;
}

function compare(a: Inode | Mark, b: Inode | Mark): number {
  return compareInodeWords(a.high, a.low, b.high, b.low);
}
