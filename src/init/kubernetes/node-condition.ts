/** The node condition that --node-condition asks for: what it says, and when it changes. */
import type { NodeCondition } from "kubernetes-types/core/v1";
import { shortenUtf8 } from "../../lib/text/utf8.ts";

/** What a run makes of a node; `reason` is `NodePrepared` or the failure's code. */
export type NodeVerdict = {
  readonly isPrepared: boolean;
  readonly reason: string;
  readonly message: string;
};

/** Enough for cause and fix; the condition is in every copy of the node that clients hold. */
const MAX_MESSAGE_BYTES = 1024;

/** By which a later run knows whether the condition is of this boot. */
const BOOT_MARK = /\(boot ([0-9a-f-]+)\)$/;

/**
 * Whether the node is to be Unknown until the verdict: there is no condition yet, or it is of another
 * boot. Within a boot it stays, so that an update of the image never taints a node that works.
 */
export function needsPreparing(current: NodeCondition | undefined, bootId: string): boolean {
  return current === undefined || BOOT_MARK.exec(current.message ?? "")?.[1] !== bootId;
}

/** The condition while the scripts run. */
export function preparing(type: string, bootId: string, at: Date): NodeCondition {
  const message = withBoot("the scripts run", bootId);
  const now = timeOf(at);
  const times = { lastHeartbeatTime: now, lastTransitionTime: now };
  return { type, status: "Unknown", reason: "Preparing", message, ...times };
}

/** @param current the condition that the node has now; its transition time stays with its status */
export function conditionOf(
  type: string,
  { isPrepared, reason, message }: NodeVerdict,
  current: NodeCondition | undefined,
  { bootId, at }: { readonly bootId: string; readonly at: Date },
): NodeCondition {
  const status = isPrepared ? "True" : "False";
  const now = timeOf(at);
  return {
    type,
    status,
    reason,
    message: withBoot(message, bootId),
    lastHeartbeatTime: now,
    lastTransitionTime: current?.status === status ? (current.lastTransitionTime ?? now) : now,
  };
}

/** The body of a strategic merge patch: conditions are merged by their type. */
export function patchWith(condition: object): object {
  return { status: { conditions: [condition] } };
}

/** What takes the condition from the node, as such a patch. */
export function removalOf(type: string): object {
  return patchWith({ type, $patch: "delete" });
}

function withBoot(message: string, bootId: string): string {
  const mark = ` (boot ${bootId})`;
  return `${shortenUtf8(message, MAX_MESSAGE_BYTES - Buffer.byteLength(mark))}${mark}`;
}

/** Whole seconds: that is what the API server keeps. */
function timeOf(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}
