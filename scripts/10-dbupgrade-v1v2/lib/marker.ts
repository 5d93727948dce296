/**
 * The marker beside a database says which database is v2, by RocksDB's own name for it (the file
 * IDENTITY in it, unique to each). So it can be written before the two change places, it is the
 * journal of that change, and a v1 database that somebody moves back is not taken for v2.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeDurably } from "../../../src/lib/linux/durable-file.ts";
import type { Result } from "../../../src/lib/result.ts";
import type { Paths } from "./layout.ts";

export type Marker = {
  /** Of the v2 database. */
  readonly identity: string;
  /** Of the v1 database it was made from; undefined if the node itself made it as v2. */
  readonly upgradedFrom: string | undefined;
  readonly pairs: number;
  readonly checksum: string;
};

/** What lies there, by identity; undefined where there is no database. */
export type Situation = {
  readonly marker: Marker | undefined;
  readonly current: string | undefined;
  readonly next: string | undefined;
  readonly old: string | undefined;
};

export function situationOf(paths: Paths): Situation {
  return {
    marker: readMarker(paths.marker),
    current: identityOf(paths.current),
    next: identityOf(paths.next),
    old: identityOf(paths.old),
  };
}

export function writeMarker(path: string, marker: Marker): Result<unknown, string> {
  return writeDurably(path, `${JSON.stringify({ format: "v2", ...marker })}\n`, 0o644);
}

/** Undefined where no database lies; empty for a directory without IDENTITY. */
export function identityOf(database: string): string | undefined {
  try {
    return readFileSync(join(database, "IDENTITY"), "latin1").trim();
  } catch {
    return existsSync(database) ? "" : undefined;
  }
}

/** A marker that cannot be read says nothing: the content of the database then has to show its format. */
function readMarker(path: string): Marker | undefined {
  try {
    const marker = JSON.parse(readFileSync(path, "utf8")) as Partial<Marker> | null;
    if (typeof marker?.identity !== "string" || marker.identity === "") return undefined;
    return {
      identity: marker.identity,
      upgradedFrom: marker.upgradedFrom,
      pairs: marker.pairs ?? 0,
      checksum: marker.checksum ?? "",
    };
  } catch {
    return undefined;
  }
}
