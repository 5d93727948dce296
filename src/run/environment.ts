/** What every script of a run is told besides the environment of the program. */
export type RunFacts = {
  readonly nodeImage: string | undefined;
  /** semver without a leading v; undefined if the node image's tag is none. */
  readonly nodeVersion: string | undefined;
  readonly previousNodeImage: string | undefined;
  readonly hostRoot: string;
  readonly stateDir: string;
};

/** The environment of one script. A fact that is unknown is absent, also if the program was given one. */
export function scriptEnvironment(
  base: Readonly<Record<string, string | undefined>>,
  facts: RunFacts,
  scriptName: string,
  messagePath: string,
): Record<string, string> {
  const told = {
    NODE_IMAGE: facts.nodeImage,
    NODE_VERSION: facts.nodeVersion,
    PREVIOUS_NODE_IMAGE: facts.previousNodeImage,
    HOST_ROOT: facts.hostRoot,
    STATE_DIR: facts.stateDir,
    SCRIPT_NAME: scriptName,
    TERMINATION_MESSAGE_PATH: messagePath,
  };
  const entries = Object.entries({ ...base, ...told });
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
