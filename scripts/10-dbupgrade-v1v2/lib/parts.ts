/** Work on a database is done in parts, each by a thread of its own. */
import { availableParallelism } from "node:os";
import { ALL, type Range } from "./database.ts";

/** More threads than this would each have too little of the memory. */
const MOST_PARTS = 4;

export function numberOfParts(): number {
  return Math.min(availableParallelism(), MOST_PARTS);
}

/** Something that begins at `at` in an order, and how much of the work it is. */
export type Weighed<At> = { readonly at: At; readonly weight: number };

/** Where to cut so that each of `parts` parts gets about the same; fewer cuts if there is too little. */
export function cuts<At>(
  pieces: readonly Weighed<At>[],
  compare: (a: At, b: At) => number,
  parts: number,
): At[] {
  const sorted = pieces.toSorted((a, b) => compare(a.at, b.at));
  const total = sorted.reduce((sum, piece) => sum + piece.weight, 0);
  const found: At[] = [];
  let sum = 0;
  let before = sorted[0]?.at;
  for (const piece of sorted) {
    const due = sum >= (total * (found.length + 1)) / parts;
    if (due && before !== undefined && compare(piece.at, before) > 0) {
      found.push(piece.at);
      before = piece.at;
    }
    sum += piece.weight;
  }
  return found.slice(0, parts - 1);
}

/** The ranges of keys that table files suggest. */
export function rangesOf(
  tables: readonly { readonly smallest: Uint8Array; readonly bytes: number }[],
  parts: number,
): Range[] {
  const pieces = tables.map(({ smallest, bytes }) => ({ at: smallest, weight: bytes }));
  const bounds = cuts(pieces, (a, b) => Buffer.compare(a, b), parts);
  if (bounds.length === 0) return [ALL];
  return [undefined, ...bounds].map((from, index) => ({ from, to: bounds[index] }));
}

/** Tables for each thread: they have about the same size, so each gets as many. */
export function shares<Table>(tables: readonly Table[]): Table[][] {
  const parts = Math.min(numberOfParts(), tables.length);
  return Array.from({ length: parts }, (_, part) =>
    tables.filter((_table, index) => index % parts === part),
  );
}
