/** A v1 database on the chain's node, and what became of it. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  expectedScan,
  makeDataDirectory,
  type Pair,
  remove,
  scan,
} from "../../scripts/10-dbupgrade-v1v2/test/database.ts";
import { run } from "../cluster/image.ts";
import { onNode } from "./node.ts";

/** Where a node has its databases. */
export const DATA = "/var/lib/storageos/data";

/** Brings a v1 database of these pairs to the node. */
export async function placeV1(pairs: readonly Pair[]): Promise<void> {
  const data = makeDataDirectory({ db: pairs });
  try {
    const archive = run("sh", "-c", `tar -C '${data}' -cz . | base64`);
    await onNode(`mkdir -p ${DATA}\nbase64 -d <<END | tar -C ${DATA} -xz\n${archive}END\nsync`);
  } finally {
    remove(data);
  }
}

/** `v1`, `v2`, or what else it is of `pairs`, by the name of each database on the node. */
export async function databasesOnNode(pairs: readonly Pair[]): Promise<Record<string, string>> {
  const directory = mkdtempSync(join(tmpdir(), "chain-database-"));
  try {
    const archive = await onNode(`tar -C ${DATA} -cz $(cd ${DATA}; ls -d db*/) | base64`);
    await Bun.write(join(directory, "archive"), Buffer.from(archive, "base64"));
    mkdirSync(join(directory, "data"));
    run("tar", "-C", join(directory, "data"), "-xzf", join(directory, "archive"));
    const names = run("ls", join(directory, "data")).trim().split("\n");
    const found = names.map((name) => [name, formatOf(join(directory, "data", name), pairs)]);
    return Object.fromEntries(found);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** All pairs are there, in the order of one of the formats. */
function formatOf(path: string, pairs: readonly Pair[]): string {
  const content = scan(path);
  if (content === expectedScan(pairs, "v1")) return "v1";
  return content === expectedScan(pairs, "v2") ? "v2" : `other: ${content.length} characters`;
}
