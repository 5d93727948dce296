import type { Failure } from "../lib/failure/failure.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import type { Script } from "./discover/script.ts";
import type { DecidingConfig } from "./config.ts";
import type { Host } from "./host.ts";

/** How long to ask an API server that does not answer. */
const NEEDED_MS = 60_000;
const WANTED_MS = 20_000;

/** The node image; undefined if it is unknown and no script needs it. */
export async function findNodeImage(
  config: DecidingConfig,
  { env, openCluster }: Host,
  scripts: readonly Script[],
  note: (text: string) => void,
): Promise<Result<string | undefined, Failure>> {
  // Given, or not to be had: then the client is not even loaded.
  if (config.nodeImage !== undefined || !env["KUBERNETES_SERVICE_HOST"])
    return ok(config.nodeImage);
  const { lookUpNodeImage } = await import("./kubernetes/node-image.ts");
  const { dsName, dsNamespace, container } = config;
  const isNeeded = scripts.some(needsNodeImage);
  const options = { env, dsName, dsNamespace, container, openCluster, log: note };
  const found = await lookUpNodeImage(options, isNeeded ? NEEDED_MS : WANTED_MS);
  if (found.ok) {
    note(`node image: ${found.value.image} (from ${found.value.source})`);
    return ok(found.value.image);
  }
  const { failure, isDecided } = found.error;
  if (isDecided || isNeeded) return fail(failure);
  note(`${failure.cause} (${failure.code}). No script requires it; continuing without NODE_IMAGE`);
  return ok(undefined);
}

export function needsNodeImage({ settings }: Script): boolean {
  return settings.nodeImage !== undefined || settings.once === "per-node-image";
}
