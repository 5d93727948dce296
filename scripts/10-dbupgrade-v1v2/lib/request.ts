import type { Failure } from "../../../src/lib/failure/failure.ts";

/** What the script is asked for. */
export type Request = {
  readonly dataDirectory: string;
  /** Of the node image, semver without `v`; undefined if its tag is no version. */
  readonly nodeVersion: string | undefined;
  readonly nodeImage: string | undefined;
  /** The node image of the last run that succeeded on this host. */
  readonly previousNodeImage: string | undefined;
  /** The names of this node, as an operator's word may use them. */
  readonly nodeNames: readonly string[];
  /** The value of STORAGEOS_INIT_DB_FORMAT; empty if it is not set. */
  readonly formatSetting: string;
  /** Show what would be done, and change nothing. */
  readonly isDryRun: boolean;
};

/** Where it reports to. */
export type Printer = {
  readonly print: (line: string) => void;
  readonly warn: (warning: Failure) => void;
  /** Shows a change that a run would make. */
  readonly wouldChange: (change: string) => void;
};
