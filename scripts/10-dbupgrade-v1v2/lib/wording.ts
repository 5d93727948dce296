/** What a person is told about a database. */
import { existsSync } from "node:fs";
import type { State } from "./decide.ts";
import type { Failure } from "./failure.ts";
import type { Paths } from "./layout.ts";
import type { Misfit } from "./read-part.ts";

const ASK = "ask for help before going on";

export function nothingToDo({ current }: Paths, state: State): string {
  if (state === "absent") return `${current}: no database, nothing to upgrade`;
  if (state === "unmarked") return `${current}: left as it is`;
  return `${current}: already v2, nothing to do`;
}

export function notUpgraded({ current }: Paths, what: "is-v2" | "empty"): string {
  if (what === "empty") return `${current}: holds no keys, nothing to upgrade`;
  return `${current}: was made as v2, nothing to upgrade`;
}

export function upgraded({ current, old }: Paths): string {
  return `${current}: successfully upgraded database to v2; v1 is kept at ${old}`;
}

export function putBack({ current }: Paths): string {
  return `${current}: an upgrade had been cut off while the databases changed places; v1 is back in place`;
}

export function v1Left({ current }: Paths, version: string | undefined): Failure {
  return {
    cause: `${current} is a v1 database, which node ${version} does not read; it was not touched`,
    fix: "The supported way is to run a node of 1.4.0 or later below 2.0.0 first, which upgrades it to v2, and then to move the volumes to 2.x by copying their data.",
  };
}

export function v2Unreadable(paths: Paths, state: State, version: string | undefined): Failure {
  const v1 = state === "exchanged" ? paths.next : paths.old;
  const back = existsSync(v1)
    ? `To go back to v1, and lose all that was written since the upgrade: mv ${paths.current} ${paths.current}.v2 && mv ${v1} ${paths.current}.`
    : "No v1 database is kept here to go back to.";
  return {
    cause: `cannot use ${paths.current} with node ${version}: it is a v2 database, which only nodes from 1.4.0 on can read`,
    fix: `Use a node image of 1.4.0 or later. ${back}`,
  };
}

export function versionUnknown({ current }: Paths, nodeImage: string | undefined): Failure {
  const image = nodeImage === undefined ? "the node image" : `node image ${nodeImage}`;
  return {
    cause: `cannot tell whether ${current} must be upgraded: it may be a v1 database, and the tag of ${image} is no version`,
    fix: "Say the node's version with --node-version (STORAGEOS_INIT_NODE_VERSION), or use an image tag that is one. Nothing was changed.",
  };
}

export function unreadable(path: string, error: string): Failure {
  return {
    cause: `cannot read ${path}: ${error}`,
    fix: "Nothing was changed. Check the disk (dmesg); if it is sound, restore the database from a backup.",
  };
}

export function upgradeFailed({ current }: Paths, error: string): Failure {
  return {
    cause: `cannot upgrade ${current}: ${error}`,
    fix: "The v1 database is in place and unchanged. Put right what the error names; the next run starts again.",
  };
}

export function systemRefused(dataDirectory: string, error: string): Failure {
  return {
    cause: `cannot upgrade the databases in ${dataDirectory}: ${error}`,
    fix: "No database was changed or lost. Put right what the error names; the next run starts again.",
  };
}

export function swapFailed({ current, old, next }: Paths, error: Error): Failure {
  return {
    cause: `cannot put the v2 database in place at ${current}: ${error.message}`,
    fix: `Both databases are whole, under two of the names ${current}, ${next} and ${old}. Put right what the error names; the next run finishes the change.`,
  };
}

export function misfit({ current, dataDirectory }: Paths, { key, why }: Misfit): Failure {
  const hex = `0x${Buffer.from(key).toString("hex")}`;
  const reason =
    why === "width"
      ? `its key ${hex} has ${key.length} bytes, and a v1 key has 16`
      : `its key ${hex} is of an inode that has no vol.<inode>.<n>.blob in ${dataDirectory}/dev*`;
  return {
    cause: `cannot upgrade ${current}: ${reason}, so it is not v1 as this program knows it`,
    fix: `Nothing was changed. Look for the block data of that inode, or ${ASK}.`,
  };
}

export function notV1({ current }: Paths, why: string): Failure {
  return {
    cause: `cannot upgrade ${current}: ${why}`,
    fix: `Nothing was changed. No node below 1.4.0 makes such a database; ${ASK}.`,
  };
}

export function oldIsThere({ current, old }: Paths): Failure {
  return {
    cause: `cannot upgrade ${current}: ${old} is already there, where its v1 is to be kept`,
    fix: `Nothing was changed. Move it away, or remove it if its data is no longer needed: mv ${old} ${old}.1`,
  };
}

export function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
