import { readDaemonSet, readRefusal, type DaemonSetFacts, type Refusal } from "./daemon-set.ts";
import { createDocumentSplitter } from "./json-documents.ts";
import { readNode, type NodeFacts } from "./node.ts";
import type { Placement } from "./placement.ts";
import { readPod, readPodPlacement, type PodFacts } from "./pod.ts";
import type { Labels } from "./selector.ts";
import { ownerKey } from "./snapshot.ts";
import { countAt, lineAt, objectAt, rawAt, textsAt, type Json } from "./untrusted.ts";

/** What lists of objects hold, as far as it counts here. */
export type Collected = {
  readonly pods: readonly PodFacts[];
  /** Pods that are not asked for. */
  readonly otherPods: number;
  readonly daemonSets: readonly DaemonSetFacts[];
  readonly refusals: readonly Refusal[];
  readonly nodes: readonly NodeFacts[];
  readonly placements: ReadonlyMap<string, Placement>;
  /** Of the last list, where a watch goes on from. */
  readonly resourceVersion: string | undefined;
  /** Where the last list goes on; undefined if it is whole. */
  readonly continuation: string | undefined;
  /** How many elements the lists lack, as far as they say. */
  readonly remaining: number | undefined;
};

/** What is wrong with a stream: what its first bytes are like may show why. */
export type Unreadable = { readonly why: string; readonly head: string };

export type Wish = {
  /** Whether a pod is asked for. */
  readonly wants: (namespace: string, labels: Labels) => boolean;
};

const HEAD_BYTES = 512;

/** Puts together what streams of lists hold, or of single objects, as kubectl prints them. */
export type Collector = {
  /** Reads a stream to its end; undefined if that went well. */
  readonly read: (stream: AsyncIterable<Uint8Array>) => Promise<Unreadable | undefined>;
  readonly collected: () => Collected;
};

export function createCollector({ wants }: Wish): Collector {
  const pods: PodFacts[] = [];
  const daemonSets: DaemonSetFacts[] = [];
  const refusals: Refusal[] = [];
  const nodes: NodeFacts[] = [];
  const placements = new Map<string, Placement>();
  let otherPods = 0;
  let resourceVersion: string | undefined;
  let continuation: string | undefined;
  let remaining: number | undefined;
  return {
    read,
    collected: () => ({
      pods,
      otherPods,
      daemonSets,
      refusals,
      nodes,
      placements,
      resourceVersion,
      continuation,
      remaining,
    }),
  };

  async function read(stream: AsyncIterable<Uint8Array>): Promise<Unreadable | undefined> {
    let elements = 0;
    let broken: string | undefined;
    let head = "";
    continuation = undefined;
    const splitter = createDocumentSplitter({
      item: (value, listKind) => {
        elements++;
        if (value === undefined) broken ??= `element ${elements} of its items`;
        else take(value, listKind?.replace(/List$/, "") || undefined);
      },
      end: (value) => {
        if (value === undefined) broken ??= "the list around its items";
        else takeDocument(value);
      },
    });
    for await (const chunk of stream) {
      if (head === "") head = Buffer.from(chunk.subarray(0, HEAD_BYTES)).toString();
      splitter.push(chunk);
      if (broken !== undefined) break;
    }
    // The end of the stream may show that the last element is broken.
    const cut = broken === undefined ? splitter.finish() : undefined;
    const fault = broken === undefined ? cut : `${broken} is not JSON`;
    return fault === undefined ? undefined : { why: fault, head };
  }

  function takeDocument(document: Json): void {
    const metadata = objectAt(document, "metadata");
    take(document, undefined);
    resourceVersion = lineAt(metadata, "resourceVersion") ?? resourceVersion;
    const token = rawAt(metadata, "continue") ?? "";
    const missing = countAt(metadata, "remainingItemCount") ?? 0;
    if (token !== "" || missing > 0) {
      continuation = token;
      remaining = missing > 0 ? missing : undefined;
    }
  }

  /** The elements of a list, as the API server gives it, do not have a kind of their own. */
  function take(value: Json, kindOfList: string | undefined): void {
    switch (rawAt(value, "kind") ?? kindOfList) {
      case "Node":
        return put(nodes, readNode(value));
      case "DaemonSet":
        return put(daemonSets, readDaemonSet(value));
      case "Event":
        return put(refusals, readRefusal(value));
      case "Pod":
        return takePod(value);
      case undefined:
        if (objectAt(value, "spec") !== undefined) takePod(value);
    }
  }

  function takePod(value: Json): void {
    const metadata = objectAt(value, "metadata");
    const namespace = lineAt(metadata, "namespace") ?? "default";
    if (!wants(namespace, textsAt(metadata, "labels"))) {
      otherPods++;
      return;
    }
    const pod = readPod(value);
    if (pod === undefined) return;
    pods.push(pod);
    if (pod.owner === undefined) return;
    const key = ownerKey(namespace, pod.owner.name, pod.owner.uid);
    if (!placements.has(key)) placements.set(key, readPodPlacement(value));
  }
}

function put<Value>(list: Value[], value: Value | undefined): void {
  if (value !== undefined) list.push(value);
}
