/**
 * The cluster's node, whose kernel has Linux-IO, reached by commands of the environment: NODE_RUN
 * runs the words after it on the node as root, NODE_REBOOT reboots it, NODE_POWER_CUT cuts its power
 * and boots it; both of these return when the node is Ready. `on-vm-node` sets them.
 */
import { noImage } from "../cluster/deployment.ts";

/** Why the chain cannot be run here; undefined if it can. */
export const noNode =
  noImage ??
  ["NODE_RUN", "NODE_REBOOT", "NODE_POWER_CUT", "CLUSTER_LOAD"]
    .filter((name) => (process.env[name] ?? "") === "")
    .map((name) => `${name} names no command`)
    .at(0);

if (noNode !== undefined) process.stderr.write(`the chain is skipped: ${noNode}\n`);

/** Runs a shell script as root on the node; gives its stdout. @throws Error if it fails */
export async function onNode(script: string): Promise<string> {
  return command("NODE_RUN", ["sh", "-eu"], script);
}

export async function rebootNode(): Promise<void> {
  await command("NODE_REBOOT");
}

export async function cutPower(): Promise<void> {
  await command("NODE_POWER_CUT");
}

/** Brings an image archive to the node. */
export async function loadArchive(path: string): Promise<void> {
  await command("CLUSTER_LOAD", [path]);
}

async function command(name: string, more: readonly string[] = [], input = ""): Promise<string> {
  const words = [...(process.env[name] ?? "").split(" "), ...more];
  const child = Bun.spawn(words, { stdin: Buffer.from(input), stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (status !== 0) throw new Error(`${words.join(" ")} < ${input}: ${status} ${stdout}${stderr}`);
  return stdout;
}
