import { failureOf, type Failure } from "../lib/failure/failure.ts";
import { FLEET } from "../lib/failure/topics/fleet.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import { createCollector, type Collected, type Wish } from "./collect.ts";
import { isTransient, startKubectl, type Access } from "./kubectl.ts";

/** A list of the API, in one namespace or all. */
export type ListQuery = {
  /** What is listed, for a person and for kubectl: `pods`. */
  readonly what: string;
  /** undefined = all namespaces, or objects that have none. */
  readonly namespace: string | undefined;
  readonly labels?: string;
  readonly fields?: string;
};

/** Why a list could not be read, and whether it may be next time. */
export type ListFailure = { readonly failure: Failure; readonly isTransient: boolean };

/** So many objects come in one answer, so that neither side holds all of them at once. */
const PAGE = 1000;

const API_OF: Readonly<Record<string, string>> = { daemonsets: "/apis/apps/v1" };

/** The objects as they are now: a consistent list, page by page. */
export async function listAll(
  access: Access,
  query: ListQuery,
  wish: Wish,
  signal?: AbortSignal,
): Promise<Result<Collected, ListFailure>> {
  let collector = createCollector(wish);
  let continuation: string | undefined;
  let restarts = 0;
  for (;;) {
    const more: Readonly<Record<string, string>> =
      continuation === undefined ? {} : { continue: continuation };
    const path = pathOf(query, { limit: String(PAGE), ...more });
    const started = startKubectl(access, ["get", "--raw", path], signal);
    if (!started.ok) return fail({ failure: started.error, isTransient: false });
    const { output, failure } = started.value;
    const [unreadable, words] = await Promise.all([collector.read(output), failure]);
    if (words !== undefined && continuation !== undefined && isExpired(words) && restarts < 2) {
      // The list took longer than the API server keeps its state: from the beginning.
      restarts++;
      collector = createCollector(wish);
      continuation = undefined;
      continue;
    }
    if (words !== undefined) return fail(describeFailure(words, query));
    if (unreadable !== undefined) return fail(describeUnreadable(unreadable.why, query));
    const collected = collector.collected();
    continuation = collected.continuation;
    if (continuation === undefined || continuation === "") return ok(collected);
  }
}

/** Path and query of the API, for kubectl get --raw. */
export function pathOf(
  { what, namespace, labels, fields }: ListQuery,
  more: Readonly<Record<string, string>> = {},
): string {
  const where = namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  const query = new URLSearchParams();
  if (labels !== undefined && labels !== "") query.set("labelSelector", labels);
  if (fields !== undefined) query.set("fieldSelector", fields);
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  return `${API_OF[what] ?? "/api/v1"}${where}/${what}?${query.toString()}`;
}

/** Whether the API server no longer knows the state that it was asked to go on from. */
export function isExpired(words: string): boolean {
  return /\((?:Expired|Gone)\)|too old resource version|continue parameter is too old/.test(words);
}

/** What was looked for where nothing was found. */
export function describeQuery({ namespace, labels = "" }: Omit<ListQuery, "what">): string {
  const where = namespace === undefined ? "in any namespace" : `in namespace ${namespace}`;
  return labels === "" ? where : `with the labels ${labels} ${where}`;
}

function describeFailure(why: string, query: ListQuery): ListFailure {
  const { what, namespace } = query;
  const failure = /\(Forbidden\)|forbidden:/.test(why)
    ? failureOf(FLEET, "ListForbidden", {
        what,
        why,
        ...(namespace === undefined ? {} : { namespace }),
      })
    : failureOf(FLEET, "ListFailed", { what, why, command: commandOf(query) });
  return { failure, isTransient: isTransient(why) };
}

function describeUnreadable(why: string, query: ListQuery): ListFailure {
  const command = commandOf(query);
  const failure = failureOf(FLEET, "ListUnreadable", { what: query.what, why, command });
  return { failure, isTransient: true };
}

function commandOf({ what, namespace, labels = "" }: ListQuery): string {
  const where = namespace === undefined ? "-A" : `-n ${namespace}`;
  return `kubectl get ${what}${what === "nodes" ? "" : ` ${where}`}${labels === "" ? "" : ` -l '${labels}'`}`;
}
