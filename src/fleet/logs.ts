import { EXIT } from "../lib/exit-status.ts";
import { classify, findInitContainer } from "./classify.ts";
import { describeQuery, listPods, startKubectl } from "./kubectl.ts";
import type { NodeStatus } from "./node-status.ts";
import type { InitContainer, PodFacts } from "./pod.ts";
import { describeStatus } from "./show/words.ts";
import { createLineSplitter } from "../lib/text/lines.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import { withoutEscapes } from "../lib/text/utf8.ts";
import type { LogsConfig } from "./config.ts";
import { print } from "../lib/print.ts";

/** `init logs`: prints what init printed on a node, the run before and the last one; resolves to the exit status. */
export async function logs(target: string, config: LogsConfig): Promise<number> {
  // What Kubernetes lets nodes and pods be called.
  if (!/^[a-z\d]([-a-z\d.]*[a-z\d])?$/i.test(target)) {
    return refuse(`cannot show logs of "${target}": no node or pod has such a name`, EXIT.usage);
  }
  const found = await findPod(target, config);
  if (!found.ok) return refuse(found.error, EXIT.cannot);
  const { pod, init, status } = found.value;
  const head = `${status.node}, ${pod.namespace}/${pod.name}`;
  const source = { config, pod, init };
  // While it waits to be started again, the run that ended last is all that the cluster can give.
  if (init.restarts > 0 && init.waiting === undefined) {
    print(1, `==> ${head}: the run before <==\n`);
    const previous = await printLog(source, ["--previous"]);
    if (!previous.ok) print(2, `init: cannot show the run before: ${previous.error}\n`);
  }
  print(1, `==> ${head}: ${describeStatus(status)} <==\n`);
  const last = await printLog(source, []);
  return last.ok ? EXIT.success : refuse(`cannot show the last run: ${last.error}`, EXIT.cannot);
}

type Found = {
  readonly pod: PodFacts;
  readonly init: InitContainer;
  readonly status: NodeStatus;
};

/** The pod on the node of this name, or else the pod of this name. */
async function findPod(target: string, config: LogsConfig): Promise<Result<Found, string>> {
  const query = { namespace: config.namespace, labels: config.selector };
  for (const field of ["spec.nodeName", "metadata.name"]) {
    const list = await listPods(config, { ...query, fields: `${field}=${target}` });
    if (!list.ok) return list;
    const { pods } = list.value;
    const [status] = classify(pods, config.container, []).nodes;
    const pod = pods.find(
      ({ name, namespace }) => name === status?.pod && namespace === status.namespace,
    );
    const init = pod && findInitContainer(pods, config.container)(pod);
    if (status !== undefined && pod !== undefined && init !== undefined)
      return ok({ pod, init, status });
  }
  return fail(
    `cannot find ${target}: no node with such a pod and no pod of that name ${describeQuery(query)}`,
  );
}

type Source = { readonly config: LogsConfig; readonly pod: PodFacts; readonly init: InitContainer };

async function printLog(
  { config, pod, init }: Source,
  options: readonly string[],
): Promise<Result<void, string>> {
  const args = ["logs", `--namespace=${pod.namespace}`, `--container=${init.name}`, ...options];
  const started = startKubectl(config, [...args, `pod/${pod.name}`]);
  if (!started.ok) return started;
  const { stdout, failure } = started.value;
  const onTerminal = process.stdout.isTTY;
  const splitter = createLineSplitter();
  let endsLine = true;
  const show = (bytes: Uint8Array): void => {
    if (bytes.length === 0) return;
    endsLine = bytes.at(-1) === 0x0a;
    print(1, onTerminal ? withoutControls(Buffer.from(bytes).toString()) : bytes);
  };
  for await (const chunk of stdout) {
    if (onTerminal) splitter.push(chunk).forEach(show);
    else show(chunk);
  }
  splitter.end().forEach(show);
  if (!endsLine) print(1, "\n");
  const words = await failure;
  return words === undefined ? ok(undefined) : fail(words);
}

/** What a script printed must not steer the terminal of the person who reads it. */
function withoutControls(line: string): string {
  return withoutEscapes(line).replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}

function refuse(error: string, exitStatus: number): number {
  print(2, `init: ${error}\n`);
  return exitStatus;
}
