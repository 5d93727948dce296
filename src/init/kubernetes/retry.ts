/** A call to the API server again and again, while that can help. */
import { fail, type Result } from "../../lib/result.ts";
import { wait } from "../run/wait.ts";
import type { ApiCall, ApiClient } from "./client.ts";
import { type ApiFailure, isTemporary } from "./failure.ts";

export type Patience = {
  /** Milliseconds for all attempts together; Infinity leaves the end to `signal`. */
  readonly forMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Told of each temporary failure, before the wait. */
  readonly onRetry?: ((failure: ApiFailure) => void) | undefined;
};

const CALL_TIMEOUT_MS = 10_000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;
/** A timer takes no more than 2^31 ms; no server can mean more than this. */
const LONGEST_ASKED_MS = 3_600_000;

/**
 * Calls until there is an answer, a failure that is not temporary, or no time left for another
 * attempt. Waits with full jitter, so that the nodes of a cluster that comes up again do not call
 * in step; what Retry-After asks for comes on top of that.
 */
export async function callPatiently<Answer extends object>(
  client: ApiClient,
  call: ApiCall,
  { forMs, signal, onRetry }: Patience,
): Promise<Result<Answer, ApiFailure>> {
  const end = performance.now() + forMs;
  let last: ApiFailure | undefined;
  for (let attempt = 0; ; attempt++) {
    const left = Math.max(1, Math.ceil(end - performance.now()));
    const timeoutMs = Math.min(CALL_TIMEOUT_MS, left);
    const answer = await client.call<Answer>(call, { timeoutMs, signal });
    // where the signal came in between, the failure before it says more
    if (!answer.ok && answer.error.isStopped) return fail(last ?? answer.error);
    if (answer.ok || !isTemporary(answer.error)) return answer;
    // a call that the end cut short tells less than the failure before it
    const isCutShort = answer.error.isTimeout === true && timeoutMs < CALL_TIMEOUT_MS;
    if (isCutShort && last !== undefined) return fail(last);
    last = answer.error;
    const pauseMs = waitMs(answer.error, attempt);
    if (performance.now() + pauseMs >= end) return answer;
    onRetry?.(answer.error);
    if (!(await slept(pauseMs, signal))) return fail(answer.error);
  }
}

function waitMs(failure: ApiFailure, attempt: number): number {
  const asked = failure.retryAfterMs ?? 0;
  const jitter = Math.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
  return Math.min(LONGEST_ASKED_MS, asked) + jitter;
}

/** False if the signal ended the wait. */
export async function slept(ms: number, signal?: AbortSignal): Promise<boolean> {
  await wait(ms, ...(signal === undefined ? [] : [signal]));
  return signal?.aborted !== true;
}
