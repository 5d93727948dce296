/** Why a run must end before its scripts are done. */
export type StopReason =
  | { readonly how: "signal"; readonly signal: NodeJS.Signals }
  | { readonly how: "total-deadline"; readonly afterMs: number };

/** Asks a run to end: `requested` begins the grace, `hurried` cuts it short. */
export type Stop = {
  readonly requested: AbortSignal;
  readonly hurried: AbortSignal;
  readonly reason: () => StopReason | undefined;
  readonly request: (reason: StopReason) => void;
};

export function createStop(): Stop {
  const requested = new AbortController();
  const hurried = new AbortController();
  let first: StopReason | undefined;
  return {
    requested: requested.signal,
    hurried: hurried.signal,
    reason: () => first,
    // Who presses Ctrl-C twice does not want to wait for the grace.
    request: (reason) => {
      if (first !== undefined && reason.how === "signal") hurried.abort();
      first ??= reason;
      requested.abort();
    },
  };
}

/** Signals that end a run; as PID 1 a process gets only those it handles (pid_namespaces(7)). */
const ENDING_SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"] as const;

export function stopOnSignals(stop: Stop): void {
  for (const signal of ENDING_SIGNALS)
    process.on(signal, () => stop.request({ how: "signal", signal }));
}

/** @returns a function that takes the deadline back */
export function stopAfter(stop: Stop, totalTimeoutMs: number): () => void {
  if (totalTimeoutMs === 0) return () => undefined;
  const request = (): void => stop.request({ how: "total-deadline", afterMs: totalTimeoutMs });
  const timer = setTimeout(request, totalTimeoutMs);
  return () => clearTimeout(timer);
}
