import { existsSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** What a run does with the scripts: run them, show what they would change, or undo what they did. */
export type Action = "run" | "dry-run" | "undo";

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
  readonly action: Action;
};

/**
 * In the environment of every script and all it starts: the id of the run that started it. The next
 * run ends what still carries the id of a run that SIGKILL ended, and nothing else.
 */
export const RUN_ID_VARIABLE = "STORAGEOS_INIT_RUN_ID";

/** The environments that scripts share; the same object twice where no variable acts on a runtime. */
export type ScriptEnvironments = {
  readonly users: Readonly<Record<string, string>>;
  /** Without variables that act on the loader or the runtime, which are not settings of this product. */
  readonly bundled: Readonly<Record<string, string>>;
};

/**
 * Variables that act on the loader or on the runtime. image/entrypoint, which has the same list, puts
 * the prefix before their names, so that none acts on this program.
 */
const RUNTIME_VARIABLE =
  /^(STORAGEOS_INIT_KEPT_)?((?:BUN|JSC|LD|MALLOC|MIMALLOC)_.*|NODE_(?!(?:IMAGE|NAME|VERSION)$).*|GLIBC_TUNABLES)$/s;

/** The environments that scripts share. What init sets or does not know is never the pod's value. */
export function scriptEnvironments(
  base: Readonly<Record<string, string | undefined>>,
  facts: RunFacts,
  runId: string,
): ScriptEnvironments {
  const told = {
    INIT: process.execPath,
    INIT_ACTION: facts.action === "undo" ? "undo" : undefined,
    DRY_RUN: facts.action === "dry-run" ? "1" : undefined,
    NODE_IMAGE: facts.nodeImage,
    NODE_VERSION: facts.nodeVersion,
    PREVIOUS_NODE_IMAGE: facts.previousNodeImage,
    PREVIOUS_RUN: facts.previousRun,
    HOST_ROOT: facts.hostRoot,
    STATE_DIR: facts.stateDir,
    [RUN_ID_VARIABLE]: runId,
  };
  const bundled: Record<string, string> = {};
  const runtime: Record<string, string> = {};
  let isKept = false;
  for (const [name, value] of Object.entries({ ...base, ...told })) {
    if (value === undefined) continue;
    const [, prefix, own] = RUNTIME_VARIABLE.exec(name) ?? [];
    if (own === undefined) bundled[name] = value;
    else runtime[own] = value;
    isKept ||= prefix !== undefined;
  }
  if (Object.keys(runtime).length === 0) return { users: bundled, bundled };
  const users = { ...bundled, ...runtime };
  return { users: isKept ? { ...users, INIT: wrapper() } : users, bundled };
}

/** A script that calls init does so through what keeps such variables from it. */
function wrapper(): string {
  const entrypoint = `${dirname(process.execPath)}/entrypoint`.replace(/^\/+/, "/");
  return existsSync(entrypoint) ? entrypoint : process.execPath;
}

/** The environment of the script at this path. */
export function environmentOf(
  path: string,
  { users, bundled }: ScriptEnvironments,
): Readonly<Record<string, string>> {
  return users !== bundled && isBundled(path) ? bundled : users;
}

/** Whether it is a script that was built with this program, not one that is mounted in its place. */
function isBundled(path: string): boolean {
  try {
    const directory = `${dirname(process.execPath)}/scripts`.replace(/^\/+/, "/");
    const real = realpathSync(path);
    if (!BUNDLED_SCRIPTS.some((name) => real === `${directory}/${name}`)) return false;
    // An overlay may give files and directories different devices.
    const { dev } = statSync(real);
    return [directory, process.execPath].some((other) => statSync(other).dev === dev);
  } catch {
    return false;
  }
}
