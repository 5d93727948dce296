import { fail, ok, type Result } from "../lib/result.ts";
import { createDocumentSplitter } from "./json-documents.ts";
import { readPod, type PodFacts } from "./pod.ts";
import { lineAt, objectAt, objectOf, rawAt, type Json } from "./untrusted.ts";

/** What one look at a cluster gives. */
export type Collected = {
  readonly pods: readonly PodFacts[];
  /** Names of the nodes, where these were listed too. */
  readonly nodes: readonly string[];
  /** Of the list, where a watch goes on from. */
  readonly resourceVersion: string | undefined;
};

/** Reads lists of pods and nodes, or single ones, as kubectl prints them; the error says what is wrong. */
export async function collect(
  stream: AsyncIterable<Uint8Array>,
): Promise<Result<Collected, string>> {
  const pods: PodFacts[] = [];
  const nodes: string[] = [];
  let resourceVersion: string | undefined;
  let elements = 0;
  let broken: string | undefined;
  const splitter = createDocumentSplitter({
    item: (json) => {
      elements++;
      take(json, `element ${elements} of its items`);
    },
    end: (json) => {
      const document = take(json, "the list around its items");
      resourceVersion = lineAt(objectAt(document, "metadata"), "resourceVersion");
    },
  });
  for await (const chunk of stream) {
    splitter.push(chunk);
    if (broken !== undefined) return fail(`${broken} is not JSON`);
  }
  const fault = splitter.fault();
  return fault === undefined ? ok({ pods, nodes, resourceVersion }) : fail(fault);

  function take(json: string, what: string): Json | undefined {
    const value = parse(json);
    if (value === undefined) broken ??= what;
    const kind = rawAt(value, "kind");
    // The elements of a PodList, as the API server gives it, do not say what they are.
    if (kind === "Node") nodes.push(...nameOf(value));
    else if (kind === "Pod" || (kind === undefined && objectAt(value, "spec") !== undefined)) {
      const pod = value && readPod(value);
      if (pod !== undefined) pods.push(pod);
    }
    return value;
  }
}

function nameOf(value: Json | undefined): readonly string[] {
  const name = lineAt(objectAt(value, "metadata"), "name");
  return name === undefined ? [] : [name];
}

/** undefined if the text is no JSON; an empty object if it is JSON but no object. */
function parse(json: string): Json | undefined {
  try {
    return objectOf(JSON.parse(json)) ?? {};
  } catch {
    return undefined;
  }
}
