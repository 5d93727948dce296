import { closeSync } from "node:fs";
import type { Subprocess } from "bun";
import { fail, ok, type Result } from "../../lib/result.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { createPipe } from "../../lib/linux/libc.ts";
import type { Ending, NotStarted, Tail } from "./outcome.ts";
import { isForWantOfRoom, readStartError } from "./start-error.ts";
import { startRelay, type Relay } from "./relay.ts";
import type { Stop, StopReason } from "./stop.ts";
import { createTranscript } from "./transcript.ts";
import type { Printed } from "./cause/printed.ts";
import { endLeftovers, endProcesses, type EndRequest } from "./end-processes.ts";
import type { Leftover } from "./events.ts";
import type { Scope, ScriptProcesses } from "./script-processes.ts";
import { settlesWithin, wait } from "./wait.ts";

export type Stream = "stdout" | "stderr";

/** Takes what a script prints, in order; resolves when there is room for more. Never rejects. */
export type WriteOutput = (stream: Stream, bytes: Uint8Array) => Promise<void> | undefined;

export type ProcessRequest = {
  readonly path: string;
  readonly env: Record<string, string>;
  readonly write: WriteOutput;
  /** 0 is none. */
  readonly timeoutMs: number;
  readonly graceMs: number;
  readonly stop: Stop;
  readonly processes: ScriptProcesses;
  /** What only its own processes have in their environment; undefined if no other script runs beside it. */
  readonly mark: string | undefined;
  /** Resolves to true when there is room again for another process or open file, to false if none will be. */
  readonly room: () => Promise<boolean>;
  /** Called each time it has printed nothing for 30 s, with the time since its start. */
  readonly onSilence: (runningMs: number) => void;
  /** Called every 5 minutes with that time, and what it printed so far. */
  readonly onLong: (runningMs: number, printed: () => Printed) => void;
};

export type ProcessResult = {
  readonly ending: Ending;
  readonly tail: Tail;
  /** The same, and what else of its output may show why it failed. */
  readonly printed: () => Printed;
  /** What it left behind and is ended now. */
  readonly leftovers: readonly Leftover[];
  /** A process it left behind, which cannot be ended, still holds its output. */
  readonly isLeftOpen: boolean;
};

type Child = Subprocess<null, number, number>;

/** A file that is being written is so for a moment, as when another process forks meanwhile. */
const BUSY_ATTEMPTS = 20;
const BUSY_WAIT_MS = 50;

/** How long an ended process may take until the runtime has noticed. */
const NOTICE_MS = 1_000;

/**
 * Runs one program in a session of its own and relays its output until it ends; then ends everything
 * that it left behind.
 */
export async function runProcess(request: ProcessRequest): Promise<ProcessResult> {
  const transcript = createTranscript();
  const heartbeat = startHeartbeat({
    onSilence: request.onSilence,
    onLong: (runningMs) => request.onLong(runningMs, transcript.printed),
  });
  const started = await startPatiently(request, (stream, bytes) => {
    heartbeat.onOutput();
    transcript.push(stream, bytes);
    return request.write(stream, bytes);
  });
  const ended = started.ok
    ? await awaitEnd(started.value, request)
    : { ending: started.error, leftovers: [], isLeftOpen: false };
  heartbeat.end();
  return { ...ended, tail: transcript.tail(), printed: transcript.printed };
}

async function awaitEnd(
  { child, relays }: Started,
  request: ProcessRequest,
): Promise<Omit<ProcessResult, "tail" | "printed">> {
  const { processes, graceMs, stop } = request;
  processes.leaders.add(child.pid);
  const { ending, unkillable } = await awaitEnding(child, request);
  // What the script was ended for may be that nobody reads our output: then do not wait for ever.
  const isEnded = ending.how === "timed-out" || ending.how === "stopped";
  const giveUp = isEnded ? AbortSignal.timeout(graceMs) : stop.requested;
  await Promise.all(relays.map((relay) => relay.finish(giveUp)));
  const leftovers = await endLeftovers(processes, requestToEnd(child, request));
  const leftOpen = await Promise.all(relays.map((relay) => relay.close(giveUp)));
  return {
    ending,
    leftovers: [...unkillable, ...leftovers],
    isLeftOpen: leftOpen.includes(true),
  };
}

type Started = { readonly child: Child; readonly relays: readonly Relay[] };

/** Starts it, if need be when there is room, or when a writer of the file has closed it. */
async function startPatiently(
  request: ProcessRequest,
  write: WriteOutput,
): Promise<Result<Started, NotStarted>> {
  const { requested } = request.stop;
  for (let attempt = 1; ; attempt++) {
    const started = start(request, write);
    if (started.ok || requested.aborted) return started;
    const isBusy = started.error.errno === "ETXTBSY" && attempt < BUSY_ATTEMPTS;
    if (isBusy) await wait(BUSY_WAIT_MS, requested);
    else if (!isForWantOfRoom(started.error) || !(await request.room())) return started;
  }
}

function start(
  { path, env, processes }: ProcessRequest,
  write: WriteOutput,
): Result<Started, NotStarted> {
  const descriptors: number[] = [];
  try {
    const stdout = createPipe();
    descriptors.push(stdout.readEnd, stdout.writeEnd);
    const stderr = createPipe();
    descriptors.push(stderr.readEnd, stderr.writeEnd);
    processes.beforeSpawn();
    const child = Bun.spawn([path], {
      env,
      stdin: null,
      stdout: stdout.writeEnd,
      stderr: stderr.writeEnd,
      detached: true,
    });
    closeSync(stdout.writeEnd);
    closeSync(stderr.writeEnd);
    const relays = [
      startRelay(stdout.readEnd, (bytes) => write("stdout", bytes)),
      startRelay(stderr.readEnd, (bytes) => write("stderr", bytes)),
    ];
    return ok({ child, relays });
  } catch (error) {
    for (const descriptor of descriptors) closeSync(descriptor);
    return fail(readStartError(error, path));
  }
}

type Ended = { readonly ending: Ending; readonly unkillable: readonly Leftover[] };

async function awaitEnding(child: Child, request: ProcessRequest): Promise<Ended> {
  const { timeoutMs, stop, processes } = request;
  const limitMs = timeoutMs === 0 ? Infinity : timeoutMs;
  if (await settlesWithin(child.exited, limitMs, stop.requested)) {
    processes.leaders.delete(child.pid);
    return { ending: endingOf(child), unkillable: [] };
  }
  const reason = stop.reason();
  const signal = reason?.how === "signal" ? reason.signal : "SIGTERM";
  const ended = await endProcesses(processes, { ...requestToEnd(child, request), signal });
  const died = await settlesWithin(child.exited, NOTICE_MS);
  if (died) processes.leaders.delete(child.pid);
  const unkillable = ended.filter((leftover) => !leftover.died);
  return { ending: endingOfEnded(reason, signal, timeoutMs, died), unkillable };
}

function requestToEnd(
  { pid }: Child,
  { mark, graceMs, stop }: ProcessRequest,
): Omit<EndRequest, "signal"> {
  const scope: Scope = mark === undefined ? "all" : { leader: pid, mark };
  return { scope, leader: pid, graceMs, hurried: stop.hurried };
}

function endingOf({ exitCode, signalCode }: Child): Ending {
  return signalCode === null
    ? { how: "exited", status: exitCode ?? 0 }
    : { how: "signalled", signal: String(signalCode) };
}

function endingOfEnded(
  reason: StopReason | undefined,
  signal: NodeJS.Signals,
  timeoutMs: number,
  died: boolean,
): Ending {
  if (reason?.how === "signal") return { how: "stopped", signal, died };
  return reason === undefined
    ? { how: "timed-out", afterMs: timeoutMs, deadline: "script", died }
    : { how: "timed-out", afterMs: reason.afterMs, deadline: "run", died };
}
