/**
 * Kills the upgrade and looks at what it leaves. strace(1) does the killing, at the n-th call of a
 * given system call in any one thread, so the program needs no hooks for it.
 */
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SCRIPT, remove, scan, upgrade } from "./database.ts";

/** Every system call by which the upgrade changes what is on the disk, or makes it last. */
export const CALLS = [
  "renameat2",
  "rename",
  "link",
  "fsync",
  "fdatasync",
  "sync_file_range",
  "write",
  "ftruncate",
  "fallocate",
  "mkdir",
  "unlink",
  "unlinkat",
  "openat",
  "chmod",
  "fchmod",
  "chown",
] as const;

export type Call = (typeof CALLS)[number];

/** What must be found after a crash and the run after it. */
export type Truth = { readonly v1: string; readonly v2: string };

export function copyOf(master: string): string {
  const data = mkdtempSync(join(tmpdir(), "crash-"));
  cpSync(master, data, { recursive: true });
  return data;
}

/** How often an undisturbed upgrade makes each call, in the thread that makes it most. */
export function countCalls(master: string): Map<Call, number> {
  const data = copyOf(master);
  const log = `${data}.strace`;
  upgrade(data, { NODE_VERSION: "1.4.0" }, [
    "strace",
    "-f",
    "-qq",
    "-o",
    log,
    "-e",
    `trace=${CALLS.join(",")}`,
  ]);
  const perThread = new Map<string, number>();
  for (const line of readFileSync(log, "utf8").split("\n")) {
    const [, thread, call] = /^(\d+) +(\w+)\(/.exec(line) ?? [];
    const key = `${call} ${thread}`;
    if (call !== undefined) perThread.set(key, (perThread.get(key) ?? 0) + 1);
  }
  const counts = new Map<Call, number>();
  for (const [key, count] of perThread) {
    const call = key.split(" ")[0] as Call;
    counts.set(call, Math.max(counts.get(call) ?? 0, count));
  }
  remove(data);
  remove(log);
  return counts;
}

/** The strace command that does something at the n-th call: `signal=KILL`, `error=ENOSPC`, … */
export function inject(call: Call, what: string, n: number | string): string[] {
  return [
    "strace",
    "-f",
    "-qq",
    "-o",
    "/dev/null",
    "-e",
    `trace=${call}`,
    "-e",
    `inject=${call}:${what}:when=${n}`,
  ];
}

/**
 * Kills one upgrade at the n-th call, checks what it leaves, finishes it, and checks again. False if
 * that call did not come up so often this time, for threads differ, and nothing was killed.
 */
export function crashAt(
  master: string,
  truth: Truth,
  call: Call,
  n: number,
  also: string[] = [],
): boolean {
  const data = copyOf(master);
  const { status, stdout, stderr } = upgrade(data, { NODE_VERSION: "1.4.0" }, [
    ...inject(call, "signal=KILL", n),
    ...also,
  ]);
  // the work was killed, or what supervises it
  const isKilled = status === null || (status === 1 && stderr.includes("was ended by SIGKILL"));
  if (!isKilled && status !== 0) throw new Error(`instead of being killed it failed: ${stderr}`);
  checkAndFinish(data, truth, `killed at ${call} ${n} (${stdout.trim()})`);
  return isKilled;
}

/** Kills one upgrade after so many milliseconds. */
export async function crashAfter(master: string, truth: Truth, ms: number): Promise<void> {
  const data = copyOf(master);
  const child = spawn(process.execPath, [SCRIPT], {
    stdio: "ignore",
    env: { PATH: process.env["PATH"], STORAGEOS_DATA_DIR: data, NODE_VERSION: "1.4.0" },
  });
  const ended = new Promise((resolve) => {
    child.once("exit", resolve);
  });
  await Promise.race([ended, Bun.sleep(ms)]);
  child.kill("SIGKILL");
  await ended;
  // the kernel kills the process that does the work a moment later
  spawnSync("flock", [data, "true"]);
  checkAndFinish(data, truth, `killed after ${ms} ms`);
}

/** Throws if data is lost, in place or after the next run. */
export function checkAndFinish(data: string, truth: Truth, what: string): void {
  const left = wholeDatabases(data, truth);
  if (left.length === 0)
    throw new Error(`${what}: no whole database under db or db-old in ${data}`);
  const next = upgrade(data);
  if (next.status !== 0) throw new Error(`${what}: the next run in ${data} failed: ${next.stderr}`);
  if (wholeDatabases(data, truth).join() !== "v2 in db,v1 in db-old")
    throw new Error(`${what}: the next run left another state in ${data}: ${next.stdout}`);
  if (existsSync(join(data, "db-new")))
    throw new Error(`${what}: the next run left db-new in ${data}`);
  const third = upgrade(data);
  if (third.stdout !== `${data}/db: already v2, nothing to do\n`)
    throw new Error(`${what}: a third run in ${data} said ${third.stdout}${third.stderr}`);
  remove(data);
}

/** The whole databases that lie under `db` and `db-old`, compared pair by pair. */
function wholeDatabases(data: string, truth: Truth): string[] {
  return ["db", "db-old"].flatMap((name) => {
    const path = join(data, name);
    if (!existsSync(path)) return [];
    // ldb changes a database that it opens, and the next run is to find what the crash left
    const copy = `${path}.look`;
    spawnSync("cp", ["-a", path, copy]);
    const content = scan(copy);
    remove(copy);
    if (content === truth.v1) return [`v1 in ${name}`];
    return content === truth.v2 ? [`v2 in ${name}`] : [];
  });
}
