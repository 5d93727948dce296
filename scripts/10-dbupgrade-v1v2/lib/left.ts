/** What a dead upgrade left on the disk. */
import { findDatabases, nameOfDatabase, type Paths } from "./look/layout.ts";
import { lookAtFiles } from "./look/look.ts";
import { isTaken } from "./look/place.ts";
import type { Request } from "./request.ts";

/** One clause for each database. Throws as the system calls fail. */
export function whatIsLeft(request: Request): string {
  const found = findDatabases(request.dataDirectory);
  if (!found.ok) return found.error.cause;
  return found.value.map((paths) => describe(paths, request)).join("; ");
}

function describe(paths: Paths, request: Request): string {
  const { evidence, mark } = lookAtFiles(paths, request);
  const name = nameOfDatabase(paths);
  if (evidence.change === "between-renames")
    return `${name} is whole as ${name}-old and ${name}-new`;
  if (evidence.change === "exchanged") return `${name} is v2 and its v1 is ${name}-new`;
  if (mark?.upgradedFrom !== undefined) return `${name} is upgraded`;
  const unfinished = isTaken(paths.next) ? `, ${name}-new is unfinished` : "";
  return `${name} is unchanged${unfinished}`;
}
