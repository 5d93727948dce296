import type { Action } from "./run/environment.ts";

/** What the flags of run say; `src/cli` fills it from flags, variables and defaults. */
export type RunFlags = Omit<Config, "action"> & {
  /** Change nothing: run checks, and scripts that declare dry-run=yes with DRY_RUN=1. */
  readonly isDryRun: boolean;
};

type Choice = "only" | "skip" | "warn" | "warnCodes" | "failOnWarning";

/** The flags of undo: it takes back whatever the record shows, and sets no condition. */
export type UndoFlags = Omit<RunFlags, "isDryRun" | Choice | "nodeCondition">;

/** What a run of the scripts takes. */
export type Config = {
  readonly action: Action;
  /** The scripts directory, as the user gave it. */
  readonly scripts: string;
  /** Globs over script names: which alone run, which do not, and whose failures are warnings. */
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly warn: readonly string[];
  /** Codes of failures that are warnings, whichever script reports them. */
  readonly warnCodes: readonly string[];
  /** Whether a warning is a failure of its script. */
  readonly failOnWarning: boolean;
  /** A valid image reference; undefined = ask the cluster. */
  readonly nodeImage: string | undefined;
  /** The DaemonSet to read the node image from, and its namespace. */
  readonly dsName: string;
  readonly dsNamespace: string;
  /** Name of the node's container in that DaemonSet. */
  readonly container: string;
  /** semver without a leading v; undefined = the node image's tag. */
  readonly nodeVersion: string | undefined;
  /** Deadline of every script that sets none; 0 = none; undefined = 5m for checks alone. */
  readonly timeoutMs: number | undefined;
  /** Deadline of the whole run; 0 = none. */
  readonly totalTimeoutMs: number;
  /** Time between SIGTERM and SIGKILL. */
  readonly graceMs: number;
  /** Maximum number of parallel checks, at least 1. */
  readonly jobs: number;
  readonly logFormat: "text" | "json";
  /** Directory of the preparation record. */
  readonly stateDir: string;
  /** undefined = kubelet's default path, if kubelet made that file. */
  readonly terminationLog: string | undefined;
  readonly events: "auto" | "off";
  /** Whether a script's last output is quoted in events and messages. */
  readonly eventOutput: "tail" | "none";
  /** Type of the node's condition that the run sets; undefined = none. */
  readonly nodeCondition: string | undefined;
};

/** What decides which scripts run, and plan's format. */
export type PlanConfig = DecidingConfig & { readonly output: "table" | "json" };

export type DecidingConfig = Pick<
  Config,
  | "scripts"
  | "only"
  | "skip"
  | "warn"
  | "nodeImage"
  | "dsName"
  | "dsNamespace"
  | "container"
  | "nodeVersion"
  | "timeoutMs"
  | "stateDir"
>;

export type LintConfig = Pick<Config, "scripts" | "only" | "skip" | "warn" | "timeoutMs"> & {
  readonly output: "text" | "json" | "github";
};
