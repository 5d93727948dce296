import type { Labels } from "./selector.ts";
import { lineAt, objectAt, objectsAt, rawAt, textsAt, type Json } from "./untrusted.ts";

/** What is kept of a node. */
export type NodeFacts = {
  readonly name: string;
  readonly labels: Labels;
  readonly taints: readonly Taint[];
  readonly isCordoned: boolean;
  /** Whether kubelet reports that the node is ready. */
  readonly isReady: boolean;
};

export type Taint = { readonly key: string; readonly value: string; readonly effect: string };

/** What is kept of a node's JSON; undefined if it has no name. */
export function readNode(node: Json): NodeFacts | undefined {
  const metadata = objectAt(node, "metadata");
  const spec = objectAt(node, "spec");
  const name = lineAt(metadata, "name");
  if (name === undefined) return undefined;
  const ready = objectsAt(objectAt(node, "status"), "conditions").find(
    (condition) => rawAt(condition, "type") === "Ready",
  );
  return {
    name,
    labels: textsAt(metadata, "labels"),
    taints: objectsAt(spec, "taints").map((taint) => ({
      key: lineAt(taint, "key") ?? "",
      value: lineAt(taint, "value") ?? "",
      effect: lineAt(taint, "effect") ?? "",
    })),
    isCordoned: spec?.["unschedulable"] === true,
    isReady: rawAt(ready, "status") === "True",
  };
}
