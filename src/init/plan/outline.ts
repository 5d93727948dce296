import type { Skipped } from "../discover/data.ts";
import type { Script } from "../discover/script.ts";
import type { Failure } from "../../lib/failure/failure.ts";

/** What a run would do with a script; `unknown` where it needs a node image that is not known. */
export type Row = {
  readonly script: Script;
  readonly action: "run" | "skip" | "unknown";
  /** Why it is skipped or unknown; else empty. */
  readonly reason: string;
};

/** What a run would do, for people and programs. */
export type Outline = {
  readonly directory: string;
  readonly nodeImage: string | undefined;
  readonly nodeVersion: string | undefined;
  readonly notes: readonly string[];
  /** In the order of the run. */
  readonly rows: readonly Row[];
  readonly skipped: readonly Skipped[];
  /** Why nothing would run; empty if something would. */
  readonly problems: readonly Failure[];
  /** --timeout. */
  readonly timeoutMs: number | undefined;
};
