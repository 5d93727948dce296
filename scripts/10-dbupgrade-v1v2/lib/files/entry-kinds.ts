/** What kinds of entries the tables of a database hold: of some, RocksDB gives only a part. */
import { type Result, fail, ok } from "../../../../src/lib/result.ts";
import type { Problem } from "./problem.ts";
import type { SurveyedTable } from "./survey.ts";
import { withTable } from "./table-file.ts";
import { INTERNAL_BYTES, scanTable } from "./table-scan.ts";
import { NOT_UNDERSTOOD } from "./write-batch.ts";

const DELETION = 0x0;
/** A key with its value. */
export const ENTRY_OF_A_VALUE = 0x1;
const SINGLE_DELETION = 0x7;

/** Goes through every entry of the tables. Throws as read(2) fails. */
export function checkEntryKinds(tables: readonly SurveyedTable[]): Result<void, Problem> {
  for (const table of tables) {
    const checked = checkTable(table);
    if (!checked.ok) return checked;
  }
  return ok(undefined);
}

function checkTable({ path, entry, properties }: SurveyedTable): Result<void, Problem> {
  return withTable(path, entry.bytes, (table) => {
    let odd: number | undefined;
    const scanned = scanTable(table, properties, ({ key, keyBytes }) => {
      // The least significant byte of eight that follow the user's key.
      const kind = key[keyBytes - INTERNAL_BYTES] as number;
      if (kind === ENTRY_OF_A_VALUE || kind === DELETION || kind === SINGLE_DELETION) return true;
      odd = kind;
      return false;
    });
    if (!scanned.ok) return scanned;
    const file = table.file.name;
    if (odd !== undefined) {
      const what = NOT_UNDERSTOOD[odd] ?? `entries of type ${odd}`;
      return fail({ kind: "unsupported", file, what });
    }
    const expected = properties.entries - properties.rangeDeletions;
    if (scanned.value === expected) return ok(undefined);
    const why = `holds ${scanned.value} entries instead of ${expected}`;
    return fail({ kind: "corrupt", file, why });
  });
}
