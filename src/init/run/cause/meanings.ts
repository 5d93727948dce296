/**
 * What lines mean whose words do not show it: tables/*.ts hold a row for each form. To teach a new
 * one, add a row to the table that it belongs to and a case to cases/*.json.
 */
import type { Rule } from "./rule.ts";
import { ADVICE } from "./tables/advice.ts";
import { CONSEQUENCES, ENDS } from "./tables/consequences.ts";
import { ERRORS } from "./tables/errors.ts";
import { FAILED, SUCCESSES, TOTALS } from "./tables/results.ts";

/** Tried in this order on a message without time and level; the first that matches counts. */
export const MEANINGS: readonly Rule[] = [
  ...ENDS,
  ...CONSEQUENCES,
  ...TOTALS,
  ...FAILED,
  ...SUCCESSES,
  ...ADVICE,
  ...ERRORS,
];
