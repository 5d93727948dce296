/** One event object per cause and pod, whatever the restarts, by creating and patching alone. */
import type { Event } from "kubernetes-types/core/v1";
import { ok, type Result } from "../result.ts";
import type { ApiCall } from "./client.ts";
import type { EventCounts } from "./event-counts.ts";
import { type ApiFailure, hasStatus } from "./failure.ts";

/** `onRetry` is told before a call is sent once more. */
export type Send = <Answer extends object>(
  call: ApiCall,
  onRetry?: () => void,
) => Promise<Result<Answer, ApiFailure>>;

/**
 * Creates the event, or raises the count of the one that is there and gives it the new message. One
 * request where the count is known; else, since the Role does not allow reading events, three: a
 * POST that conflicts, a PATCH whose answer tells the count, a PATCH that sets the next one.
 */
export async function postEvent(
  event: Event,
  send: Send,
  counts: EventCounts,
): Promise<Result<void, ApiFailure>> {
  const name = event.metadata.name ?? "";
  const known = counts.get(name);
  if (known !== undefined) {
    const patched = await patchEvent(event, send, counts, known + 1);
    // 404: the API server forgets events after an hour
    if (patched.ok || !hasStatus(patched.error, 404)) return patched;
  }
  let resent = false;
  const post: ApiCall = { method: "POST", path: eventsPath(event), body: event };
  const created = await send<Event>(post, () => (resent = true));
  if (created.ok) return ok(counts.set(name, created.value.count ?? 1));
  if (!hasStatus(created.error, 409)) return created;
  return countOn(event, send, counts, resent);
}

async function countOn(
  event: Event,
  send: Send,
  counts: EventCounts,
  resent: boolean,
): Promise<Result<void, ApiFailure>> {
  const standing = await send<Event>(patchCall(event));
  if (!standing.ok) return standing;
  const { count = 1, firstTimestamp } = standing.value;
  // it is our own, when the answer to our first POST got lost
  if (resent && count === 1 && firstTimestamp === event.firstTimestamp) {
    return ok(counts.set(event.metadata.name ?? "", count));
  }
  return patchEvent(event, send, counts, count + 1);
}

async function patchEvent(
  event: Event,
  send: Send,
  counts: EventCounts,
  count: number,
): Promise<Result<void, ApiFailure>> {
  const patched = await send<Event>(patchCall(event, count));
  return patched.ok ? ok(counts.set(event.metadata.name ?? "", count)) : patched;
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
