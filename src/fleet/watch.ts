import { fail, ok, type Result } from "../lib/result.ts";
import type { Collected } from "./collect.ts";
import { createDocumentSplitter } from "./json-documents.ts";
import { pathOfPods, startKubectl, type Access, type PodQuery } from "./kubectl.ts";
import { readPod, type PodFacts } from "./pod.ts";
import { lineAt, objectAt, objectOf, rawAt } from "./untrusted.ts";

/** Why a watch ended: the API server ended it, its starting point is too old, or kubectl failed. */
export type WatchEnd = "ended" | "expired" | { readonly failure: string };

/** The pods of one query, kept up to date. */
export type PodWatch = {
  readonly pods: () => readonly PodFacts[];
  /** Follows the changes from the list on, or from where the last watch ended. */
  readonly follow: (onChange: () => void, signal: AbortSignal) => Promise<WatchEnd>;
};

/** @param list where it begins; it must hold a resourceVersion */
export function createPodWatch(access: Access, query: PodQuery, list: Collected): PodWatch {
  const pods = new Map(list.pods.map((pod) => [keyOf(pod), pod]));
  let { resourceVersion } = list;
  return { pods: () => [...pods.values()], follow };

  async function follow(onChange: () => void, signal: AbortSignal): Promise<WatchEnd> {
    const path = pathOfPods(query, {
      watch: "1",
      allowWatchBookmarks: "true",
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    });
    const started = startKubectl(access, ["get", "--raw", path]);
    if (!started.ok) return { failure: started.error };
    const { stdout, failure, stop } = started.value;
    signal.addEventListener("abort", stop);
    let isExpired = false;
    const splitter = createDocumentSplitter({
      item: () => undefined,
      end: (json) => {
        const taken = take(json);
        if (taken === "expired") isExpired = true;
        if (taken === "changed") onChange();
      },
    });
    for await (const chunk of stdout) splitter.push(chunk);
    const words = await failure;
    signal.removeEventListener("abort", stop);
    if (isExpired) return "expired";
    return words === undefined || signal.aborted
      ? "ended"
      : { failure: `cannot watch pods: ${words}` };
  }

  function take(json: string): "changed" | "unchanged" | "expired" {
    const event = parseEvent(json);
    if (!event.ok) return "unchanged";
    const { type, object } = event.value;
    if (type === "ERROR") return "expired";
    resourceVersion = lineAt(objectAt(object, "metadata"), "resourceVersion") ?? resourceVersion;
    const pod = type === "BOOKMARK" ? undefined : readPod(object);
    if (pod === undefined) return "unchanged";
    if (type === "DELETED") pods.delete(keyOf(pod));
    else pods.set(keyOf(pod), pod);
    return "changed";
  }
}

type WatchEvent = { readonly type: string; readonly object: Readonly<Record<string, unknown>> };

function parseEvent(json: string): Result<WatchEvent, undefined> {
  try {
    const event = objectOf(JSON.parse(json));
    const object = objectAt(event, "object");
    return object === undefined
      ? fail(undefined)
      : ok({ type: rawAt(event, "type") ?? "", object });
  } catch {
    return fail(undefined);
  }
}

function keyOf({ namespace, name }: PodFacts): string {
  return `${namespace}/${name}`;
}
