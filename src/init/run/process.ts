import { closeSync } from "node:fs";
import type { Subprocess } from "bun";
import { fail, ok, type Result } from "../../lib/result.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { createPipe } from "../../lib/linux/libc.ts";
import type { Ending, Tail } from "./outcome.ts";
import { describeStartError } from "./start-error.ts";
import { startRelay, type Relay } from "./relay.ts";
import type { Stop } from "./stop.ts";
import { createTail } from "./tail.ts";
import { terminateGroup } from "./terminate.ts";
import { settlesWithin } from "./wait.ts";

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
  /** Called each time it has printed nothing for 30 s, with the time since its start. */
  readonly onSilence: (runningMs: number) => void;
};

export type ProcessResult = {
  readonly ending: Ending;
  readonly tail: Tail;
  /** A process it left behind still holds its output. */
  readonly isLeftOpen: boolean;
};

type Child = Subprocess<null, number, number>;

const TAIL_BYTES = 4096;

/** Processes that the runtime itself waits for, not to be reaped as orphans. */
export const ownProcesses = new Set<number>();

/** Runs one program in a process group of its own and relays its output until it ends. */
export async function runProcess(request: ProcessRequest): Promise<ProcessResult> {
  const tails = { stdout: createTail(TAIL_BYTES), stderr: createTail(TAIL_BYTES) };
  const heartbeat = startHeartbeat(request.onSilence);
  const started = start(request, (stream, bytes) => {
    heartbeat.onOutput();
    tails[stream].push(bytes);
    return request.write(stream, bytes);
  });
  let ending: Ending;
  let isLeftOpen = false;
  if (started.ok) {
    const { child, relays } = started.value;
    ownProcesses.add(child.pid);
    ending = await awaitEnding(child, request);
    if (!("died" in ending) || ending.died) ownProcesses.delete(child.pid);
    isLeftOpen = await finishRelays(relays, ending, request);
  } else {
    ending = { how: "not-started", error: started.error };
  }
  heartbeat.end();
  return {
    ending,
    tail: { stdout: tails.stdout.bytes(), stderr: tails.stderr.bytes() },
    isLeftOpen,
  };
}

type Started = { readonly child: Child; readonly relays: readonly Relay[] };

function start({ path, env }: ProcessRequest, write: WriteOutput): Result<Started, string> {
  const descriptors: number[] = [];
  try {
    const stdout = createPipe();
    descriptors.push(stdout.readEnd, stdout.writeEnd);
    const stderr = createPipe();
    descriptors.push(stderr.readEnd, stderr.writeEnd);
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
    return fail(describeStartError(error));
  }
}

async function awaitEnding(
  child: Child,
  { timeoutMs, graceMs, stop }: ProcessRequest,
): Promise<Ending> {
  const limitMs = timeoutMs === 0 ? Infinity : timeoutMs;
  if (await settlesWithin(child.exited, limitMs, stop.requested)) return endingOf(child);
  const reason = stop.reason();
  const signal = reason?.how === "signal" ? reason.signal : "SIGTERM";
  const died = await terminateGroup(
    { pid: child.pid, exited: child.exited, signal, graceMs, hurried: stop.hurried },
    ownProcesses,
  );
  if (reason?.how === "signal") return { how: "stopped", signal, died };
  return reason === undefined
    ? { how: "timed-out", afterMs: timeoutMs, deadline: "script", died }
    : { how: "timed-out", afterMs: reason.afterMs, deadline: "run", died };
}

function endingOf({ exitCode, signalCode }: Child): Ending {
  return signalCode === null
    ? { how: "exited", status: exitCode ?? 0 }
    : { how: "signalled", signal: String(signalCode) };
}

/** @returns whether a process left behind still holds the output */
async function finishRelays(
  relays: readonly Relay[],
  ending: Ending,
  request: ProcessRequest,
): Promise<boolean> {
  // What the script was ended for may be that nobody reads our output: then do not wait for ever.
  const isEnded = ending.how === "timed-out" || ending.how === "stopped";
  const giveUp = isEnded ? AbortSignal.timeout(request.graceMs) : request.stop.requested;
  const leftOpen = await Promise.all(relays.map((relay) => relay.finish(giveUp)));
  return leftOpen.includes(true);
}
