/** The upgrade of a node's metadata databases from v1 to v2. */
import { type Result, ok } from "../../../src/lib/result.ts";
import { nodeKind, stateOf } from "./decide.ts";
import type { Failure } from "../../../src/lib/failure/failure.ts";
import { findDatabases } from "./layout.ts";
import { situationOf } from "./marker.ts";
import type { Printer, Request } from "./request.ts";
import * as say from "./wording.ts";

/** Looks at every database `db[N]` in the data directory and does what the node's version asks for. */
export async function upgradeDatabases(
  request: Request,
  printer: Printer,
): Promise<Result<void, Failure>> {
  const found = findDatabases(request.dataDirectory);
  if (!found.ok) return found;
  if (found.value.length === 0) {
    printer.print(`${request.dataDirectory}: no database, nothing to upgrade`);
    return ok(undefined);
  }
  const states = found.value.map((paths) => ({ paths, state: stateOf(situationOf(paths)) }));
  const done = states.every(({ state }) => state === "v2" || state === "absent");
  if (done && nodeKind(request.nodeVersion) !== "reads-v1") {
    for (const { paths, state } of states) printer.print(say.nothingToDo(paths, state));
    return ok(undefined);
  }
  // Loaded only where there is something to do: it brings the system's libraries with it.
  const { settleDatabases } = await import("./settle.ts");
  return settleDatabases(found.value, request, printer);
}
