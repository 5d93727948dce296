import type { Failure } from "../../../src/lib/failure/failure.ts";

/** What the script is asked for. */
export type Request = {
  readonly dataDirectory: string;
  /** Of the node image, semver without `v`; undefined if its tag is no version. */
  readonly nodeVersion: string | undefined;
  readonly nodeImage: string | undefined;
};

/** Where it reports to. */
export type Printer = {
  readonly print: (line: string) => void;
  readonly warn: (warning: Failure) => void;
};
