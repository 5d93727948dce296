import { CODE_PATTERN } from "../failure/failure.ts";

/**
 * How a series of failures of one script began: later attempts and runs often fail for what the first
 * one left. The series ends when the script passes.
 */
export type FirstFailure = {
  /** RFC 3339. */
  readonly at: string;
  readonly code: string;
  /** One line, shortened. */
  readonly cause: string;
};

const LONGEST = 512;

/** Whether a record holds what init writes: anyone may have written it, and it reaches log and message. */
export function isFirstFailure(value: unknown): value is FirstFailure {
  if (typeof value !== "object" || value === null) return false;
  const { at, code, cause } = value as Readonly<Record<string, unknown>>;
  return isLine(at) && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(at) && isCode(code) && isLine(cause);
}

function isCode(value: unknown): value is string {
  return typeof value === "string" && CODE_PATTERN.test(value);
}

function isLine(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value.length <= LONGEST &&
    !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(value)
  );
}
