import { fail, ok, type Result } from "../lib/result.ts";
import { messageOf } from "../lib/text/error.ts";
import { collect, type Collected } from "./collect.ts";
import type { StatusConfig } from "./config.ts";
import { listNodes, listPods, type PodQuery } from "./kubectl.ts";

/** The pods and the nodes that should have one, from the cluster or a file; the error is a line for a person. */
export async function look(config: StatusConfig): Promise<Result<Collected, string>> {
  if (config.file !== undefined) return readFile(config.file, config);
  const [list, nodes] = await Promise.all([
    listPods(config, queryOf(config)),
    lookForNodes(config),
  ]);
  if (!list.ok) return list;
  return nodes.ok ? ok({ ...list.value, nodes: nodes.value }) : nodes;
}

export function queryOf({ namespace, selector }: StatusConfig): PodQuery {
  return { namespace, labels: selector };
}

/** The nodes that should have a pod, if they are asked for. */
export async function lookForNodes(
  config: StatusConfig,
): Promise<Result<readonly string[], string>> {
  return config.nodes === undefined ? ok([]) : listNodes(config, config.nodes);
}

async function readFile(file: string, config: StatusConfig): Promise<Result<Collected, string>> {
  const name = file === "-" ? "standard input" : file;
  try {
    const stream = file === "-" ? Bun.stdin.stream() : Bun.file(file).stream();
    const collected = await collect(stream);
    if (!collected.ok) {
      return fail(
        `cannot read ${name}: ${collected.error}; give what kubectl get pods -o json printed`,
      );
    }
    return ok(config.nodes === undefined ? { ...collected.value, nodes: [] } : collected.value);
  } catch (error) {
    return fail(`cannot read ${name}: ${messageOf(error)}`);
  }
}
