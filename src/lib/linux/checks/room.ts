import { failureOf, type Failure } from "../../failure/failure.ts";
import { RESOURCES } from "../../failure/topics/resources.ts";
import { fail, ok, type Result } from "../../result.ts";

/** A file system, in bytes: the whole, and what a process may still write. */
export type Room = { readonly directory: string; readonly size: number; readonly free: number };

/** Whether these file systems together have so many bytes free; the value is a line about it. */
export function roomIn(places: readonly Room[], bytes: number): Result<string, Failure> {
  const size = places.reduce((sum, place) => sum + place.size, 0);
  const free = places.reduce((sum, place) => sum + place.free, 0);
  const about = {
    directory: places.map(({ directory }) => directory).join(" and "),
    free: gibibytes(free),
    size: gibibytes(size),
    wanted: gibibytes(bytes),
  };
  if (free >= bytes) return ok(`${about.free} of ${about.size} free`);
  return fail(failureOf(RESOURCES, size < bytes ? "DiskTooSmall" : "DiskTooFull", about));
}

/** Bytes for a person: `3.7 GiB`, `512 MiB`. */
export function gibibytes(bytes: number): string {
  const [amount, unit] = bytes >= 2 ** 30 ? [bytes / 2 ** 30, "GiB"] : [bytes / 2 ** 20, "MiB"];
  return `${Number(amount.toFixed(1))} ${unit}`;
}
