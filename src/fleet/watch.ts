import { failureOf, type Failure } from "../lib/failure/failure.ts";
import { FLEET } from "../lib/failure/topics/fleet.ts";
import { createDocumentSplitter } from "./json-documents.ts";
import { isTransient, startKubectl, type Access } from "./kubectl.ts";
import { isExpired, pathOf, type ListFailure, type ListQuery } from "./list.ts";
import { readPod, type PodFacts } from "./pod.ts";
import { lineAt, objectAt, rawAt, type Json } from "./untrusted.ts";

/** Why a watch ended: the API server ended it, its starting point is too old, or kubectl failed. */
export type WatchEnd = "ended" | "expired" | ListFailure;

/** The pods of one query, kept up to date. */
export type PodWatch = {
  readonly pods: () => readonly PodFacts[];
  /**
   * Follows the changes from the list on, or from where the last watch ended.
   * @param listener called when something came, and when pods have changed
   */
  readonly follow: (listener: WatchListener, signal: AbortSignal) => Promise<WatchEnd>;
};

export type WatchListener = {
  /** The API server has sent something, if only a bookmark. */
  readonly heard: () => void;
  readonly changed: () => void;
};

/** A pod that has changed makes its owner known, so nothing else is kept of it here. */
export function createPodWatch(
  access: Access,
  query: ListQuery,
  list: { readonly pods: readonly PodFacts[]; readonly resourceVersion: string | undefined },
): PodWatch {
  const pods = new Map(list.pods.map((pod) => [keyOf(pod), pod]));
  let { resourceVersion } = list;
  return { pods: () => [...pods.values()], follow };

  async function follow({ heard, changed }: WatchListener, signal: AbortSignal): Promise<WatchEnd> {
    const from: Readonly<Record<string, string>> =
      resourceVersion === undefined ? {} : { resourceVersion };
    const path = pathOf(query, { watch: "1", allowWatchBookmarks: "true", ...from });
    const started = startKubectl(access, ["get", "--raw", path], signal);
    if (!started.ok) return { failure: started.error, isTransient: false };
    let isOver = false;
    const splitter = createDocumentSplitter({
      item: () => undefined,
      end: (event) => {
        const taken = take(event);
        if (taken === "over") isOver = true;
        if (taken === "changed") changed();
      },
    });
    for await (const chunk of started.value.output) {
      splitter.push(chunk);
      if (!isOver) heard();
    }
    const words = await started.value.failure;
    if (isOver || (words !== undefined && isExpired(words))) return "expired";
    if (words === undefined || signal.aborted) return "ended";
    const failure: Failure = failureOf(FLEET, "WatchFailed", { why: words });
    return { failure, isTransient: isTransient(words) };
  }

  function take(event: Json | undefined): "changed" | "unchanged" | "over" {
    const type = rawAt(event, "type");
    const object = objectAt(event, "object");
    if (object === undefined) return "unchanged";
    // Such as 410 Gone: from here on, the API server sends nothing more.
    if (type === "ERROR") return "over";
    resourceVersion = lineAt(objectAt(object, "metadata"), "resourceVersion") ?? resourceVersion;
    const pod = type === "BOOKMARK" ? undefined : readPod(object);
    if (pod === undefined) return "unchanged";
    if (type === "DELETED") pods.delete(keyOf(pod));
    else pods.set(keyOf(pod), pod);
    return "changed";
  }
}

function keyOf({ namespace, name }: PodFacts): string {
  return `${namespace}/${name}`;
}
