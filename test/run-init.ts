import { closeSync, constants, mkdirSync, openSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { killMarked, MARK_OF_THIS_PROCESS, MARK_VARIABLE, processesMarked } from "./processes.ts";
import { temporaryDirectory } from "./temporary.ts";

export const INIT = resolve(import.meta.dir, "../dist/init");

export type RunOptions = {
  /** Besides PATH, TMPDIR and a state directory of its own; a run inherits nothing else. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What starts init in its place, e.g. `["unshare", "--pid"]`. */
  readonly wrap?: readonly string[];
  /** Read its output only when `read()` is called. */
  readonly isUnread?: boolean;
  /** Do not insist that nothing is left running and no temporary file is left. */
  readonly mayLeave?: boolean;
};

export type Ended = {
  /** undefined if a signal ended it. */
  readonly status: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
};

export type Running = {
  readonly pid: number;
  /** In the environment of everything it starts. */
  readonly mark: string;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly read: () => void;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<Ended>;
};

/** Runs dist/init as a user does, with pipes for its output, until it ends. */
export async function runInit(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return startInit(args, options).ended;
}

let runs = 0;

/** Starts dist/init; when it has ended, nothing that it started may be left running. */
export function startInit(args: readonly string[], options: RunOptions = {}): Running {
  const mark = nextMark();
  const directory = temporaryDirectory("run");
  const temporary = `${directory}/tmp`;
  mkdirSync(temporary, { mode: 0o777 });
  Bun.spawnSync(["chmod", "777", temporary]);
  const stdout = capture(`${directory}/stdout`);
  const stderr = capture(`${directory}/stderr`);
  const child = Bun.spawn([...(options.wrap ?? []), INIT, ...args], {
    env: { ...environmentOf(directory, mark), ...options.env },
    cwd: options.cwd ?? directory,
    stdin: null,
    stdout: stdout.writeEnd,
    stderr: stderr.writeEnd,
  });
  closeSync(stdout.writeEnd);
  closeSync(stderr.writeEnd);
  const read = (): void => {
    stdout.start();
    stderr.start();
  };
  if (options.isUnread !== true) read();
  return {
    pid: child.pid,
    mark,
    stdout: () => stdout.bytes().toString(),
    stderr: () => stderr.bytes().toString(),
    read,
    kill: (signal) => child.kill(signal),
    ended: awaitEnd(),
  };

  async function awaitEnd(): Promise<Ended> {
    await child.exited;
    if (options.mayLeave !== true) insistOnNothingLeft(mark, temporary);
    read();
    await Promise.all([stdout.whole, stderr.whole]);
    return { ...endOf(child), stdout: stdout.bytes(), stderr: stderr.bytes() };
  }
}

/**
 * Runs dist/init in a bash command, where it is `"$0" "$@"`, for redirections and pipelines.
 * @returns the command's own result
 */
export async function runInShell(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const directory = temporaryDirectory("run");
  mkdirSync(`${directory}/tmp`);
  const mark = nextMark();
  const child = Bun.spawn(["bash", "-c", command, INIT, ...args], {
    env: { ...environmentOf(directory, mark), ...env },
    cwd: directory,
    stdin: null,
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([child.stdout.bytes(), child.stderr.bytes()]);
  await child.exited;
  insistOnNothingLeft(mark, `${directory}/tmp`);
  return { ...endOf(child), stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) };
}

function nextMark(): string {
  runs++;
  return `${MARK_OF_THIS_PROCESS}${runs}.`;
}

function environmentOf(directory: string, mark: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    TMPDIR: `${directory}/tmp`,
    STORAGEOS_INIT_STATE_DIR: `${directory}/state`,
    // A machine that has run containers may have kubelet's /dev/termination-log.
    STORAGEOS_INIT_TERMINATION_LOG: `${directory}/termination-log`,
    [MARK_VARIABLE]: mark,
  };
}

function endOf({ exitCode, signalCode }: Bun.Subprocess): Pick<Ended, "status" | "signal"> {
  return signalCode === null
    ? { status: exitCode ?? undefined, signal: undefined }
    : { status: undefined, signal: String(signalCode) };
}

function insistOnNothingLeft(mark: string, temporary: string): void {
  const left = processesMarked(mark);
  killMarked(mark);
  if (left.length > 0) throw new Error(`init left running: ${JSON.stringify(left)}`);
  const files = readdirSync(temporary);
  if (files.length > 0) throw new Error(`init left in TMPDIR: ${files.join(" ")}`);
}

type Capture = {
  readonly writeEnd: number;
  readonly start: () => void;
  readonly whole: Promise<void>;
  readonly bytes: () => Buffer;
};

/** A real pipe, as a container runtime gives it (Bun's own "pipe" is a socket). */
function capture(path: string): Capture {
  Bun.spawnSync(["mkfifo", "-m", "600", path]);
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(path, constants.O_WRONLY);
  const chunks: Uint8Array[] = [];
  const whole = Promise.withResolvers<void>();
  let isStarted = false;
  return { writeEnd, start, whole: whole.promise, bytes: () => Buffer.concat(chunks) };

  function start(): void {
    if (isStarted) return;
    isStarted = true;
    void pump();
  }

  async function pump(): Promise<void> {
    for await (const chunk of Bun.file(readEnd).stream()) chunks.push(chunk);
    closeSync(readEnd);
    whole.resolve();
  }
}
