import { failureOf, type Failure } from "../lib/failure/failure.ts";
import { FLEET } from "../lib/failure/topics/fleet.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import { cleanLine } from "./untrusted.ts";

/** How the cluster is reached: whatever kubectl can do (contexts, proxies, log-in plugins) works. */
export type Access = {
  readonly kubectl: string;
  readonly context: string | undefined;
  readonly kubeconfig: string | undefined;
  readonly as: string | undefined;
};

/** Kubectl's flags for it. */
export function accessFlags({ context, kubeconfig, as }: Access): readonly string[] {
  return Object.entries({ context, kubeconfig, as }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${value}`],
  );
}

export type Kubectl = {
  /** What it prints; ends when it has ended or is stopped. */
  readonly output: AsyncIterable<Uint8Array>;
  /** Resolves when it has ended or is stopped: undefined if it succeeded, else its last words. */
  readonly failure: Promise<string | undefined>;
};

/** A kubectl that does not end when asked to is killed after this time. */
const KILL_AFTER_MS = 500;

/** Starts kubectl. It is stopped when the signal is aborted, and nothing waits for it any longer. */
export function startKubectl(
  access: Access,
  args: readonly string[],
  signal?: AbortSignal,
): Result<Kubectl, Failure> {
  const { kubectl } = access;
  const path = Bun.which(kubectl);
  if (path === null) return fail(failureOf(FLEET, "KubectlMissing", { kubectl }));
  const child = Bun.spawn([path, ...accessFlags(access), ...args], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const stopped = Promise.withResolvers<undefined>();
  const stop = (): void => {
    child.kill();
    const killing = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
    void child.exited.then(() => {
      clearTimeout(killing);
      stopped.resolve(undefined);
    });
  };
  if (signal?.aborted === true) stop();
  signal?.addEventListener("abort", stop);
  void child.exited.then(() => signal?.removeEventListener("abort", stop));
  const stderr = lastWords(child.stderr, stopped.promise);
  return ok({
    output: readUntil(child.stdout, stopped.promise),
    failure: child.exited.then(async (status) => {
      const words = await stderr;
      return status === 0 ? undefined : words || `${kubectl} ended with exit status ${status}`;
    }),
  });
}

/** A helper that kubectl has started may hold its output open: after a stop that is not waited for. */
async function* readUntil(
  stream: ReadableStream<Uint8Array>,
  stopped: Promise<undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  for (;;) {
    const read = await Promise.race([reader.read(), stopped]);
    if (read === undefined) void reader.cancel().catch(() => undefined);
    if (read?.value === undefined) return;
    yield read.value;
  }
}

async function lastWords(
  stream: ReadableStream<Uint8Array>,
  stopped: Promise<undefined>,
): Promise<string> {
  let text = "";
  for await (const chunk of readUntil(stream, stopped)) {
    text = `${text}${Buffer.from(chunk).toString()}`.slice(-8192);
  }
  return cleanLine(text.trim().split("\n").slice(-3).join(" "));
}

/**
 * Whether the API server may answer next time: it restarts, is overloaded, or cannot be reached just
 * now. What kubectl says of a configuration without a server will not change.
 */
export function isTransient(words: string): boolean {
  if (/localhost:8080 was refused/.test(words)) return false;
  return TRANSIENT.test(words);
}

const TRANSIENT =
  /Unable to connect to the server|connection re(?:fused|set)|was refused|\bEOF\b|timeout|timed out|deadline exceeded|ServiceUnavailable|currently unable to handle|TooManyRequests|too many requests|InternalError|Internal error|etcdserver|apiserver not ready|no route to host|network is unreachable|connection lost|GOAWAY|broken pipe|stream error|Bad Gateway|Gateway Time-?out|Service Unavailable|shutting down/i;
