/** What every script of a run is told besides the environment of the program. */
export type RunFacts = {
  readonly nodeImage: string | undefined;
  /** semver without a leading v; undefined if the node image's tag is none. */
  readonly nodeVersion: string | undefined;
  readonly previousNodeImage: string | undefined;
  /** How the last run ended on this host; undefined without one. */
  readonly previousRun: "passed" | "failed" | "interrupted" | undefined;
  readonly hostRoot: string;
  readonly stateDir: string;
};

/**
 * In the environment of every script and all it starts: the id of the run that started it. The next
 * run ends what still carries the id of a run that SIGKILL ended, and nothing else.
 */
export const RUN_ID_VARIABLE = "STORAGEOS_INIT_RUN_ID";

/** The environment that all scripts share. What init sets or does not know is never the pod's value. */
export function sharedEnvironment(
  base: Readonly<Record<string, string | undefined>>,
  facts: RunFacts,
  runId: string,
): Record<string, string> {
  const told = {
    INIT: process.execPath,
    // Not known yet, so no value of the pod's may pass for one.
    INIT_ACTION: undefined,
    DRY_RUN: undefined,
    NODE_IMAGE: facts.nodeImage,
    NODE_VERSION: facts.nodeVersion,
    PREVIOUS_NODE_IMAGE: facts.previousNodeImage,
    PREVIOUS_RUN: facts.previousRun,
    HOST_ROOT: facts.hostRoot,
    STATE_DIR: facts.stateDir,
    [RUN_ID_VARIABLE]: runId,
  };
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...base, ...told })) {
    if (value !== undefined) env[name] = value;
  }
  return env;
}
