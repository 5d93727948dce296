import type { Failure } from "../../failure/failure.ts";
import type { Result } from "../../result.ts";

/** The value is a line about what is there; `usage` if the words cannot be understood. */
export type Checked = Result<string, Failure | { readonly usage: string }>;
