/** Writes a verified v2 database beside a v1 database; v1 is only read. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { type Database, closeDatabase, openToRead, sizeOf } from "./database.ts";
import { copyToV2 } from "./copy.ts";
import { type Content, digest } from "./checksum.ts";
import type { Failure } from "../../../src/lib/failure/failure.ts";
import { isWhollyV2, probeFormat } from "./format-probe.ts";
import type { InodeIndex } from "./inode-index.ts";
import type { Paths } from "./layout.ts";
import { identityOf, writeMarker } from "./marker.ts";
import { preflight } from "./preflight.ts";
import type { RocksDb } from "./rocksdb.ts";
import { checkSpace } from "./space.ts";
import * as say from "./wording.ts";

export type Prepared =
  | "written"
  /** The node itself made it as v2; the marker now says so. */
  | "is-v2"
  | "empty";

/** After "written", v2 lies at `paths.next` and the marker names it; nothing else has changed. */
export async function prepare(
  rocks: RocksDb,
  paths: Paths,
  blobs: InodeIndex,
  print: (line: string) => void,
): Promise<Result<Prepared, Failure>> {
  const checked = preflight(rocks, paths);
  if (!checked.ok) return checked;
  const v1 = openToRead(rocks, paths.current);
  if (!v1.ok) return fail(say.unreadable(paths.current, v1.error));
  try {
    return await prepareFrom(rocks, v1.value, paths, blobs, print);
  } finally {
    closeDatabase(rocks, v1.value);
  }
}

async function prepareFrom(
  rocks: RocksDb,
  v1: Database,
  paths: Paths,
  blobs: InodeIndex,
  print: (line: string) => void,
): Promise<Result<Prepared, Failure>> {
  const shown = probeFormat(rocks, v1, blobs);
  if (!shown.ok) return fail(say.unreadable(v1.path, shown.error));
  if (shown.value === "empty") return ok("empty");
  if (shown.value === "v2") {
    const whole = isWhollyV2(rocks, v1, blobs);
    if (!whole.ok) return fail(say.unreadable(v1.path, whole.error));
    if (whole.value) return adopt(paths);
  }
  if (existsSync(paths.old)) return fail(say.oldIsThere(paths));
  removeLeftovers(paths);
  const { pairs, bytes } = sizeOf(rocks, v1);
  const space = checkSpace(paths.dataDirectory, bytes);
  if (!space.ok) return space;
  print(`${paths.current}: upgrading about ${pairs} keys, ${say.megabytes(bytes)}, to v2`);
  const copied = await copyToV2(rocks, v1, bytes, paths, blobs, print);
  const marked = copied.ok ? mark(paths, copied.value) : copied;
  if (!marked.ok) removeUnfinished(paths.next);
  return marked;
}

function mark(paths: Paths, content: Content): Result<Prepared, Failure> {
  const identity = identityOf(paths.next);
  if (!identity) return fail(say.upgradeFailed(paths, "RocksDB gave v2 no IDENTITY"));
  const marked = writeMarker(paths.marker, {
    identity,
    upgradedFrom: identityOf(paths.current),
    pairs: content.pairs,
    checksum: digest(content),
  });
  return marked.ok ? ok("written") : fail(say.upgradeFailed(paths, marked.error));
}

function adopt(paths: Paths): Result<Prepared, Failure> {
  const marked = writeMarker(paths.marker, {
    identity: identityOf(paths.current) ?? "",
    upgradedFrom: undefined,
    pairs: 0,
    checksum: "",
  });
  return marked.ok ? ok("is-v2") : fail(say.upgradeFailed(paths, marked.error));
}

/** What a run that was cut off left: its half-written v2, and markers that were not yet in place. */
function removeLeftovers({ dataDirectory, next, marker }: Paths): void {
  rmSync(next, { recursive: true, force: true });
  const unplaced = `.${basename(marker)}.`;
  for (const name of readdirSync(dataDirectory)) {
    if (name.startsWith(unplaced) && name.endsWith(".tmp")) rmSync(join(dataDirectory, name));
  }
}

function removeUnfinished(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // the next run removes it before it starts
  }
}
