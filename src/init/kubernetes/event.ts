/** The core/v1 Event object of one cause in one pod. */
import type { Event } from "kubernetes-types/core/v1";
import { LOG_COMMAND } from "../../lib/failure/topics/scripts.ts";
import {
  isOfSuccess,
  annotationsOf,
  eventMessage,
  type EventReason,
  type EventText,
} from "../../lib/contract/pod-event.ts";
import type { PodIdentity } from "./pod-identity.ts";

export type PodEvent = {
  readonly reason: EventReason;
  /** Path below the scripts directory; none where the event is about the whole run. */
  readonly script?: string | undefined;
  /** What it is about, where that is neither a script's decisive failure nor the whole run. */
  readonly about?: string | undefined;
  readonly text: EventText;
};

const COMPONENT = "storageos-init";
/** An object's name is a DNS subdomain (RFC 1123). */
const MAX_NAME_LENGTH = 253;

/** `at` is when it happened. The event's name is the same whenever pod, script and reason are. */
export function buildEvent(pod: PodIdentity, event: PodEvent, at: Date): Event {
  const { reason, script, about, text } = event;
  // whole seconds: that is what the API server keeps
  const timestamp = `${at.toISOString().slice(0, 19)}Z`;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: {
      name: eventName(pod, reason, [script, about].filter(Boolean).join("\0")),
      namespace: pod.namespace,
      ...(text.code !== undefined && { annotations: annotationsOf(text) }),
    },
    involvedObject: {
      apiVersion: "v1",
      kind: "Pod",
      namespace: pod.namespace,
      name: pod.name,
      uid: pod.uid,
      ...(pod.container !== undefined && { fieldPath: `spec.initContainers{${pod.container}}` }),
    },
    type: isOfSuccess(reason) ? "Normal" : "Warning",
    reason,
    message: eventMessage(script, { ...text, fix: withLogCommand(text.fix, pod) }),
    count: 1,
    firstTimestamp: timestamp,
    lastTimestamp: timestamp,
    source: { component: COMPONENT, ...(pod.node !== undefined && { host: pod.node }) },
    reportingComponent: COMPONENT,
    reportingInstance: pod.name,
  };
}

/** The command for this very pod, to be copied. */
export function withLogCommand(fix: string, { namespace, name, container }: PodIdentity): string {
  const command = `kubectl -n ${namespace} logs ${name} -c ${container ?? "CONTAINER"}`;
  return fix.replaceAll(LOG_COMMAND, command);
}

/** `<pod>.<16 hex digits>`, as client-go's recorder names events; the digits are a hash instead of a time. */
function eventName(pod: PodIdentity, reason: EventReason, subject = ""): string {
  const hash = new Bun.CryptoHasher("sha256").update([pod.uid, subject, reason].join("\0"));
  const suffix = `.${hash.digest("hex").slice(0, 16)}`;
  const prefix = pod.name.slice(0, MAX_NAME_LENGTH - suffix.length).replace(/[.-]+$/, "");
  return `${prefix}${suffix}`;
}
