/** The upgrade of a node's metadata databases from v1 to v2. */
import type { Failure } from "../../../src/lib/failure/failure.ts";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { decide } from "./decide/decide.ts";
import { type Paths, findDatabases } from "./look/layout.ts";
import { lookAtFiles } from "./look/look.ts";
import type { Printer, Request } from "./request.ts";
import * as say from "./wording.ts";

/**
 * Looks at every database `db[N]` in the data directory and does what the node's version asks for:
 * all of it, or nothing. Of several failures the first is the most important.
 */
export async function upgradeDatabases(
  request: Request,
  printer: Printer,
): Promise<Result<void, readonly Failure[]>> {
  const { dataDirectory } = request;
  const found = findDatabases(dataDirectory);
  if (!found.ok) return fail([found.error]);
  if (found.value.length === 0) {
    printer.print(`${dataDirectory}: no database, nothing to upgrade`);
    return ok(undefined);
  }
  try {
    if (isNothingToDo(found.value, request, printer)) return ok(undefined);
    // Loaded only where there is something to do: it brings the system's libraries with it.
    const { settleDatabases } = await import("./settle.ts");
    return await settleDatabases(found.value, request, printer);
  } catch (error) {
    return fail([failureOf(dataDirectory, error)]);
  }
}

/** Whether a few small files already show that nothing is to be done; then it is reported. */
function isNothingToDo(databases: readonly Paths[], request: Request, { print }: Printer): boolean {
  const lines = databases.flatMap((paths) => {
    const decision = decide(lookAtFiles(paths, request).evidence);
    return decision.do === "nothing" ? [say.nothingToDo(paths, decision.because)] : [];
  });
  if (lines.length < databases.length) return false;
  for (const line of lines) print(line);
  return true;
}

/** What the system refused is reported; anything else is a bug. */
function failureOf(dataDirectory: string, error: unknown): Failure {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return say.systemRefused(dataDirectory, message);
}
