/** One event object per cause and pod, whatever the restarts, by creating and patching alone. */
import type { Event } from "kubernetes-types/core/v1";
import { ok, type Result } from "../../lib/result.ts";
import type { ApiCall } from "./client.ts";
import type { EventCounts } from "./event-counts.ts";
import type { ApiFailure } from "./failure.ts";

/** `onRetry` is told before a call is sent once more. */
export type Send = <Answer extends object>(
  call: ApiCall,
  onRetry?: () => void,
) => Promise<Result<Answer, ApiFailure>>;

/**
 * Creates the event, or raises the count of the one that is there and gives it the new message. One
 * request where the count is known; else, since the Role does not allow reading events, three: a
 * POST that conflicts, a PATCH whose answer tells the count, a PATCH that sets the next one. It is
 * counted before it is sent, so what is not posted is in the count of the next that is.
 */
export async function postEvent(
  event: Event,
  send: Send,
  counts: EventCounts,
): Promise<Result<void, ApiFailure>> {
  const name = event.metadata.name ?? "";
  const known = counts.get(name);
  const count = (known ?? 0) + 1;
  counts.set(name, count);
  if (known !== undefined) {
    const patched = await patchEvent(event, send, count);
    // 404: it was never posted, or the API server, which forgets events after an hour, has forgotten it
    if (patched.ok || patched.error.status !== 404) return patched;
  }
  let resent = false;
  const post: ApiCall = { method: "POST", path: eventsPath(event), body: { ...event, count } };
  const created = await send<Event>(post, () => (resent = true));
  if (created.ok) return ok(undefined);
  if (created.error.status !== 409) return created;
  const standing = await send<Event>(patchCall(event));
  if (!standing.ok) return standing;
  const { count: stands = 0, firstTimestamp } = standing.value;
  // it is our own, when the answer to our first POST got lost
  if (resent && stands === count && firstTimestamp === event.firstTimestamp) return ok(undefined);
  counts.set(name, stands + 1);
  return patchEvent(event, send, stands + 1);
}

async function patchEvent(
  event: Event,
  send: Send,
  count: number,
): Promise<Result<void, ApiFailure>> {
  const patched = await send<Event>(patchCall(event, count));
  return patched.ok ? ok(undefined) : patched;
}

/** Without a count it leaves the one that stands. */
function patchCall(event: Event, count?: number): ApiCall {
  const { metadata, message, lastTimestamp } = event;
  const path = `${eventsPath(event)}/${metadata.name}`;
  return { method: "PATCH", path, body: { message, lastTimestamp, count } };
}

function eventsPath({ metadata }: Event): string {
  return `/api/v1/namespaces/${metadata.namespace}/events`;
}
