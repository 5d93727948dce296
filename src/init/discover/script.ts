import type { ParamsOf } from "../../lib/failure/failure.ts";
import type { DISCOVERY } from "../../lib/failure/topics/discovery.ts";

/** What a script's `# init:` header lines may set; see docs/scripts.md. */
export type Settings = {
  /** Own deadline in milliseconds; 0 is none; undefined takes --timeout. */
  readonly timeoutMs: number | undefined;
  readonly retries: number;
  /** Wait before the first retry in milliseconds; it doubles with each further one. */
  readonly retryDelayMs: number;
  readonly onFailure: "fail" | "warn";
  /** A library is for other scripts to source, and is not run. */
  readonly kind: "change" | "check" | "library";
  /** A semver range of node versions, or undefined for every node. */
  readonly nodeImage: string | undefined;
  readonly once: "per-node-image" | "per-content" | "per-boot" | undefined;
  /** Variables of which another value than that of the pass has it run again. */
  readonly onceEnv: readonly string[];
  /** May not be skipped, and its failure may not be made a warning, by flags. */
  readonly isStrict: boolean;
  /** Changes nothing where DRY_RUN is set, and leaves what it would change, a line each. */
  readonly hasDryRun: boolean;
  /** Undoes what it did where INIT_ACTION is undo. */
  readonly hasUndo: boolean;
};

export type Script = {
  /** Path below the scripts directory, e.g. `01-lio/enable-lio.ts`; also its SCRIPT_NAME. */
  readonly name: string;
  /** The scripts directory as the user gave it, and the name. */
  readonly path: string;
  readonly settings: Settings;
};

/** What is wrong with a script, its settings or the directory: data, worded only if it is reported. */
export type Problem = {
  readonly path: string;
  /** Where one line is to blame. */
  readonly line?: number;
} & Fault;

/** The codes of the scripts directory's entries, with what their words need beside the place. */
export type Fault = {
  readonly [Code in FaultCode]: {
    readonly code: Code;
    readonly about: Omit<ParamsOf<(typeof DISCOVERY)[Code]>, "place">;
  };
}[FaultCode];

type FaultCode =
  | "ScriptNotExecutable"
  | "ScriptWritableByOthers"
  | "DirectoryWritableByOthers"
  | "ShebangInvalid"
  | "InterpreterMissing"
  | "ScriptEncoding"
  | "EntryUnusable"
  | "SettingsInvalid";
