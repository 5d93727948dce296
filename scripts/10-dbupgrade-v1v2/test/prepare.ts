/** The whole program on a data directory, as a pod runs it. */
import { expect } from "bun:test";
import { resolve } from "node:path";
import { runInit } from "../../../test/run-init.ts";
import { snapshot } from "./database.ts";

const SCRIPTS = resolve(import.meta.dir, "../../../dist/scripts/10-dbupgrade-v1v2");

export type Prepared = {
  readonly status: number | undefined;
  /** The first failure's code; empty if it passed. */
  readonly code: string;
  readonly stdout: string;
  readonly stderr: string;
};

export type PrepareOptions = {
  /** The tag of the node image. */
  readonly tag?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What starts init in its place. */
  readonly wrap?: readonly string[];
};

/** Runs dist/init with this script alone. The node's name is `worker-1`. */
export async function prepare(data: string, options: PrepareOptions = {}): Promise<Prepared> {
  const { tag = "1.4.0", env = {}, wrap = [] } = options;
  const ended = await runInit([`-scripts=${SCRIPTS}`, `-nodeImage=storageos/node:${tag}`], {
    env: { STORAGEOS_DATA_DIR: data, NODE_NAME: "worker-1", ...env },
    wrap,
  });
  const stderr = ended.stderr.toString();
  const code = / cause: .* \((\w+)\)$/m.exec(stderr)?.[1] ?? "";
  return { status: ended.status, code, stdout: ended.stdout.toString(), stderr };
}

/** The failure, after it was seen that nothing was changed. */
export async function refusal(data: string, options: PrepareOptions = {}): Promise<Prepared> {
  const before = snapshot(data);
  const run = await prepare(data, options);
  expect(snapshot(data)).toEqual(before);
  expect(run.status).toBe(1);
  return run;
}
