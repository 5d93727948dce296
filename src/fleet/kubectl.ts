import { fail, ok, type Result } from "../lib/result.ts";
import { collect, type Collected } from "./collect.ts";
import { cleanLine } from "./untrusted.ts";

/** How the cluster is reached: whatever kubectl can do (contexts, proxies, log-in plugins) works. */
export type Access = {
  readonly kubectl: string;
  readonly context: string | undefined;
};

export type PodQuery = {
  /** undefined = all namespaces. */
  readonly namespace: string | undefined;
  readonly labels: string;
  readonly fields?: string;
};

export type Kubectl = {
  readonly stdout: ReadableStream<Uint8Array>;
  /** Resolves when it has ended: undefined if it succeeded, else its last words. */
  readonly failure: Promise<string | undefined>;
  readonly stop: () => void;
};

/** Starts kubectl; the error says why it cannot be started. */
export function startKubectl(
  { kubectl, context }: Access,
  args: readonly string[],
): Result<Kubectl, string> {
  const path = Bun.which(kubectl);
  if (path === null) {
    return fail(
      `cannot find ${kubectl}: install it, name another with --kubectl, or read a file with -f`,
    );
  }
  const global = context === undefined ? [] : [`--context=${context}`];
  const child = Bun.spawn([path, ...global, ...args], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const stderr = new Response(child.stderr).text();
  return ok({
    stdout: child.stdout,
    failure: child.exited.then(async (status) => {
      const words = cleanLine((await stderr).trim().split("\n").slice(-3).join(" "));
      return status === 0 ? undefined : words || `${kubectl} ended with exit status ${status}`;
    }),
    stop: () => child.kill(),
  });
}

/** The pods as they are now, in one list call; the error is a line for a person. */
export async function listPods(
  access: Access,
  query: PodQuery,
): Promise<Result<Collected, string>> {
  const started = startKubectl(access, ["get", "--raw", pathOfPods(query)]);
  if (!started.ok) return started;
  const { stdout, failure } = started.value;
  const [collected, words] = await Promise.all([collect(stdout), failure]);
  if (words !== undefined) return fail(`cannot list pods: ${words}${adviceFor(words, query)}`);
  return collected.ok ? collected : fail(`cannot read the list of pods: ${collected.error}`);
}

/** Path and query of the API, for kubectl get --raw. */
export function pathOfPods(
  { namespace, labels, fields }: PodQuery,
  more: Readonly<Record<string, string>> = {},
): string {
  const where = namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  const query = new URLSearchParams(more);
  if (labels !== "") query.set("labelSelector", labels);
  if (fields !== undefined) query.set("fieldSelector", fields);
  return `/api/v1${where}/pods?${query.toString()}`;
}

function adviceFor(words: string, { namespace }: PodQuery): string {
  if (!words.includes("orbidden")) return "";
  return namespace === undefined
    ? ". Without -n all namespaces are looked at: give one with -n"
    : ". It needs the right to list pods in that namespace";
}

/** Names of nodes, from the table that the API server makes of them: a hundredth of the objects' size. */
export async function listNodes(
  access: Access,
  labels: string,
): Promise<Result<readonly string[], string>> {
  const selector = labels === "all" ? [] : ["-l", labels];
  const started = startKubectl(access, ["get", "nodes", "--no-headers", ...selector]);
  if (!started.ok) return started;
  const { stdout, failure } = started.value;
  const [text, words] = await Promise.all([new Response(stdout).text(), failure]);
  if (words !== undefined) return fail(`cannot list nodes: ${words}`);
  return ok(text.split("\n").flatMap((line) => cleanLine(line.split(/\s+/, 1)[0] ?? "") || []));
}

/** What was looked for where nothing was found. */
export function describeQuery({ namespace, labels }: PodQuery): string {
  const where = namespace === undefined ? "in any namespace" : `in namespace ${namespace}`;
  return labels === "" ? where : `with the labels ${labels} ${where}`;
}
