/** What is seen of a database without opening it. */
import type { Evidence } from "./evidence.ts";
import { nodeKind } from "./node-kind.ts";
import type { Request } from "../request.ts";
import type { Paths } from "./layout.ts";
import { type Mark, holdOf, readMarks } from "./marker.ts";
import { type Place, isTaken, placeOf } from "./place.ts";
import { type Standing, nameOf, standingOf } from "./standing.ts";

export type Seen = {
  readonly evidence: Evidence;
  readonly current: Standing;
  readonly marks: readonly Mark[];
  /** The mark that holds for the database in place. */
  readonly mark: Mark | undefined;
};

/** Reads a few small files. Throws as lstat(2) and readdir(2) fail. */
export function lookAtFiles(paths: Paths, request: Request): Seen {
  const place = placeOf(paths.current);
  const marks = readMarks(paths.marker);
  const current = standingOf(paths.current);
  const holds = marks.map((mark) => ({ mark, hold: holdOf(mark, current) }));
  const held =
    holds.find(({ hold }) => hold === "exactly") ?? holds.find(({ hold }) => hold === "by-name");
  const evidence: Evidence = {
    node: nodeKind(request.nodeVersion),
    place,
    change: changeOf(paths, place, held?.mark, marks),
    isBesideOthers: isTaken(paths.next) || isTaken(paths.old),
    mark: held === undefined || held.hold === "no" ? "none" : held.hold,
    keys: undefined,
    blobs: [],
    word: undefined,
  };
  return { evidence, current, marks, mark: held?.mark };
}

/** How far a change of places came that was interrupted. */
function changeOf(
  paths: Paths,
  place: Place,
  held: Mark | undefined,
  marks: readonly Mark[],
): Evidence["change"] {
  if (place === "filled") {
    if (held?.upgradedFrom === undefined || isTaken(paths.old)) return "none";
    return nameOf(standingOf(paths.next)) === held.upgradedFrom ? "exchanged" : "none";
  }
  if (place !== "absent") return "none";
  const next = standingOf(paths.next);
  const old = nameOf(standingOf(paths.old));
  const isChange = ({ identity, upgradedFrom }: Mark) =>
    identity === next.identity && upgradedFrom !== undefined && upgradedFrom === old;
  return marks.some(isChange) ? "between-renames" : "none";
}
