import { close, read, waitUntilReadable, write } from "../../lib/linux/descriptors.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import type { HelperKind } from "./command.ts";
import { spawnHelper, type Spawned } from "./spawn.ts";
import type { AnswerLine, Handlers, RequestLine } from "./command.ts";

/** Why there is no answer. */
export type NoAnswer =
  /** The time is up: what the helper waits for may never come. */
  | { readonly how: "hangs" }
  /** It has ended, or could not be started. */
  | { readonly how: "ended"; readonly why: string }
  /** The caller waits no longer. */
  | { readonly how: "stopped" };

/** How long a caller waits. */
export type Patience = {
  readonly ms: number;
  /** Aborted: not at all any more. */
  readonly stop?: AbortSignal | undefined;
  /** Aborted: not much longer. */
  readonly hurry?: AbortSignal | undefined;
  /** Called once if the answer takes longer than this. */
  readonly slow?: { readonly afterMs: number; readonly report: () => void };
};

/** A child process that does what can hang. The program can end without it at any time. */
export type Helper<Calls extends Handlers> = {
  /** undefined if it could not be started. */
  readonly pid: number | undefined;
  /** Asks for something that is not answered. */
  readonly post: <Name extends keyof Calls & string>(
    name: Name,
    request: Parameters<Calls[Name]>[0],
  ) => void;
  readonly ask: <Name extends keyof Calls & string>(
    name: Name,
    request: Parameters<Calls[Name]>[0],
    patience: Patience,
  ) => Promise<Result<Awaited<ReturnType<Calls[Name]>>, NoAnswer>>;
  /** Lets it end when it has done what was asked. */
  readonly release: () => void;
  /** Waits until it has ended, and kills it after `ms`. */
  readonly end: (ms: number) => Promise<void>;
  /** @returns whether it has ended: not if it sleeps on a disk that hangs */
  readonly kill: () => Promise<boolean>;
};

/** A helper mostly answers within this time, and then no timer is needed, which costs 2 ms at first. */
const QUICK_MS = 50;
const POLL_MS = 5;

/** After a run was asked to end, so that it ends within 2 s of its grace also if two helpers hang. */
const HURRY_MS = 600;

/** How long one that was killed takes to end, unless it sleeps in the kernel. */
const KILL_MS = 200;

const ANSWER_BYTES = 64 * 1024;

/** Starts a helper; where that is not possible, nothing is answered. */
export function startHelper<Calls extends Handlers>(kind: HelperKind): Helper<Calls> {
  const started = spawnHelper(kind);
  if (started.ok) return helperOver(started.value);
  const { error } = started;
  return {
    pid: undefined,
    post: () => undefined,
    ask: () => Promise.resolve(fail({ how: "ended", why: error })),
    release: () => undefined,
    end: () => Promise.resolve(),
    kill: () => Promise.resolve(true),
  };
}

function helperOver<Calls extends Handlers>({ pid, requests, answers }: Spawned): Helper<Calls> {
  const received = new Map<number, unknown>();
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(ANSWER_BYTES);
  let unsent = Buffer.alloc(0);
  let rest = "";
  let asked = 0;
  let hasEnded = false;
  let isReleased = false;
  let isOpen = true;

  return {
    pid,
    post: (name, request) => send([null, name, request]),
    async ask(name, request, patience) {
      asked++;
      const number = asked;
      send([number, name, request]);
      const waited = await waitFor(() => received.has(number), patience);
      if (!waited.ok) return waited;
      const answer = received.get(number);
      received.delete(number);
      return ok(answer as never);
    },
    release,
    async end(ms) {
      release();
      const ended = await waitFor(() => hasEnded, { ms });
      if (!ended.ok) await kill();
    },
    kill,
  };

  function release(): void {
    isReleased = true;
    sendMore();
  }

  async function kill(): Promise<boolean> {
    receive();
    if (!hasEnded) process.kill(pid, "SIGKILL");
    await waitFor(() => hasEnded, { ms: KILL_MS });
    return hasEnded;
  }

  function send(line: RequestLine): void {
    unsent = Buffer.concat([unsent, Buffer.from(`${JSON.stringify(line)}\n`)]);
    sendMore();
  }

  /** As much as the pipe takes: it is full for as long as the helper hangs. */
  function sendMore(): void {
    if (!isOpen) return;
    while (unsent.length > 0) {
      const written = write(requests, unsent);
      if (!written.ok) {
        hasEnded ||= written.error !== "EAGAIN";
        return;
      }
      unsent = unsent.subarray(written.value);
    }
    if (isReleased && isOpen) {
      isOpen = false;
      close(requests);
    }
  }

  async function waitFor(
    isThere: () => boolean,
    patience: Patience,
  ): Promise<Result<void, NoAnswer>> {
    const start = performance.now();
    let { slow, ms } = patience;
    let hurriedAtMs: number | undefined;
    for (;;) {
      sendMore();
      receive();
      if (isThere()) return ok(undefined);
      if (hasEnded) return fail({ how: "ended", why: "the helper process has ended" });
      if (patience.stop?.aborted === true) return fail({ how: "stopped" });
      const waitedMs = performance.now() - start;
      if (slow !== undefined && waitedMs >= slow.afterMs) {
        slow.report();
        slow = undefined;
      }
      if (patience.hurry?.aborted === true)
        ms = Math.min(ms, (hurriedAtMs ??= waitedMs) + HURRY_MS);
      if (waitedMs >= ms) return fail({ how: "hangs" });
      if (waitedMs < QUICK_MS)
        waitUntilReadable(answers, Math.ceil(Math.min(QUICK_MS, ms) - waitedMs));
      else await Bun.sleep(POLL_MS);
    }
  }

  /** What is not an answer comes from something else in its process, which is not to be trusted. */
  function take(line: string): void {
    try {
      const [number, answer] = JSON.parse(line) as AnswerLine;
      received.set(number, answer);
    } catch {
      release();
      process.kill(pid, "SIGKILL");
    }
  }

  function receive(): void {
    while (!hasEnded && waitUntilReadable(answers, 0)) {
      const count = read(answers, chunk);
      if (!count.ok || count.value === 0) {
        hasEnded = true;
        return;
      }
      rest += decoder.decode(chunk.subarray(0, count.value), { stream: true });
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) take(line);
    }
  }
}
