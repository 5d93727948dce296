/** The image in a DaemonSet on the cluster of KUBECONFIG, seen through kubectl and helm alone. */
import type { ContainerStatus, Event, EventList, Pod, PodList } from "kubernetes-types/core/v1";
import { join } from "node:path";
import { version } from "../../package.json" with { type: "json" };
import { HELM, KUBECTL, unpackTools } from "../../deploy/tools.ts";

export const IMAGE = process.env["IMAGE"] ?? `localhost/storageos-init:${version}`;

/** Why the image cannot be run here; undefined if it can. */
export const noImage = reasonForNoImage();

const CHART = join(import.meta.dir, "../../deploy/helm/storageos-init");
const WAIT_MS = 240_000;

function reasonForNoImage(): string | undefined {
  if ((process.env["KUBECONFIG"] ?? "") === "") return "KUBECONFIG names no cluster";
  const isThere = (process.env["IMAGE"] ?? process.env["CLUSTER_LOAD"] ?? "") !== "";
  if (!isThere) return "neither IMAGE nor CLUSTER_LOAD says how the image comes to the cluster";
  unpackTools();
  return undefined;
}

if (noImage !== undefined) process.stderr.write(`tests of the image skipped: ${noImage}\n`);

/** What a person types, its answer on stdout. @throws Error with what it said on stderr */
export async function kubectl(args: readonly string[], input?: string): Promise<string> {
  return command([KUBECTL, ...args], input);
}

async function command(words: readonly string[], input?: string): Promise<string> {
  const stdin = input === undefined ? ("ignore" as const) : Buffer.from(input);
  const child = Bun.spawn([...words], { stdin, stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (status !== 0) throw new Error(`${words.slice(1).join(" ")}: ${stderr}`);
  return stdout;
}

export type Following = { readonly soFar: () => string; readonly all: Promise<string> };

export type Namespace = {
  readonly name: string;
  readonly kubectl: (args: readonly string[], input?: string) => Promise<string>;
  readonly apply: (...objects: readonly object[]) => Promise<void>;
  /** Installs the chart, with a node container that sleeps. */
  readonly install: (values: Values) => Promise<void>;
  /** The pod of a DaemonSet, once `isSo` holds for it. */
  readonly pod: (isSo: (pod: Pod) => boolean, what: string, daemonSet?: string) => Promise<Pod>;
  readonly logs: (pod: Pod, ...flags: readonly string[]) => Promise<string>;
  /** Follows the log as it comes. */
  readonly follow: (pod: Pod) => Following;
  /** What our program told of a pod, the oldest first. */
  readonly events: (pod: Pod) => Promise<readonly Event[]>;
  readonly remove: () => Promise<void>;
};

/** Values of the chart; daemonSet and scripts as in values.yaml. */
export type Values = {
  readonly release?: string;
  readonly profile?: "privileged" | "least";
  readonly daemonSet?: object;
  readonly serviceAccount?: object;
  readonly rbac?: object;
  readonly init?: object;
  readonly scripts?: object;
  readonly hostDirectory?: string;
};

export async function createNamespace(): Promise<Namespace> {
  const created = await kubectl(
    ["create", "-o", "jsonpath={.metadata.name}", "-f", "-"],
    JSON.stringify({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { generateName: "init-test-" },
    }),
  );
  return namespaceNamed(created.trim());
}

/** A namespace that is there, or will be. */
export function namespaceNamed(name: string): Namespace {
  const inside: Namespace["kubectl"] = async (args, input) => kubectl(["-n", name, ...args], input);
  return {
    name,
    kubectl: inside,
    apply: async (...objects) => {
      const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
      // A pod is refused until its ServiceAccount's token is made.
      await eventually("the objects to be taken", () => inside(["apply", "-f", "-"], list));
    },
    install: async ({ release = "storageos", ...values }) => {
      const chart = ["upgrade", "--install", release, CHART, "--namespace", name];
      await command(
        [HELM, ...chart, "--values", "-"],
        JSON.stringify({ ...basics(name), ...values }),
      );
    },
    pod: async (isSo, what, daemonSet) =>
      eventually(what, async () => {
        const { items }: PodList = JSON.parse(await inside(["get", "pods", "-o", "json"]));
        const pods = items.filter((pod) => daemonSet === undefined || ownerOf(pod) === daemonSet);
        return pods.find(isSo);
      }),
    logs: async (pod, ...flags) => {
      const args = ["logs", pod.metadata?.name ?? "", "-c", "storageos-init", ...flags];
      // Right after a container ended its last lines can be missing for a moment.
      return eventually("a log that is whole", async () => {
        const before = await inside(args);
        await Bun.sleep(300);
        return (await inside(args)) === before ? before : undefined;
      });
    },
    follow: (pod) => follow(["-n", name, "logs", pod.metadata?.name ?? "", "-c", "storageos-init"]),
    events: async ({ metadata }) => {
      const only = `--field-selector=involvedObject.uid=${metadata?.uid}`;
      const { items }: EventList = JSON.parse(await inside(["get", "events", only, "-o", "json"]));
      return items.filter(({ source }) => source?.component === "storageos-init");
    },
    remove: async () => {
      await kubectl(["delete", "namespace", name, "--wait=false"]);
    },
  };
}

function follow(args: readonly string[]): Following {
  const child = Bun.spawn([KUBECTL, ...args, "--follow"], { stdout: "pipe", stderr: "ignore" });
  let text = "";
  return { soFar: () => text, all: collect() };

  async function collect(): Promise<string> {
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) text += decoder.decode(chunk, { stream: true });
    return text;
  }
}

function basics(namespace: string): object {
  const [repository, tag] = [IMAGE.replace(/:[^:/]*$/, ""), IMAGE.replace(/^.*:/, "")];
  return {
    image: { repository, tag },
    // Its entrypoint reaps and ends on SIGTERM.
    node: { image: IMAGE, args: ["sleep", "infinity"] },
    // Small, so that many fit on one node.
    init: { resources: {} },
    // On the node; its next reboot clears it.
    hostDirectory: `/tmp/${namespace}`,
  };
}

function ownerOf({ metadata }: Pod): string | undefined {
  return metadata?.ownerReferences?.[0]?.name;
}

/** Others may be before it: init containers of the test's own, sidecars that a cluster injects. */
export function initStatus({ status }: Pod): ContainerStatus | undefined {
  const statuses = status?.initContainerStatuses ?? [];
  return statuses.find(({ name }) => name === "storageos-init") ?? statuses[0];
}

/** As `kubectl get pods` shows it. */
export function isRunning({ status }: Pod): boolean {
  return status?.phase === "Running";
}

/** `isSo` for a pod whose init container has ended `times` times. */
export function hasFailed(times: number): (pod: Pod) => boolean {
  return (pod) => (initStatus(pod)?.restartCount ?? 0) >= times - 1 && lastEnd(pod) !== undefined;
}

/** Whether the init container has ended, in whatever way. */
export function hasEnded(pod: Pod): boolean {
  return lastEnd(pod) !== undefined;
}

/** How the init container ended the last time. */
export function lastEnd(pod: Pod) {
  const status = initStatus(pod);
  return status?.state?.terminated ?? status?.lastState?.terminated;
}

/** The value that `look` finds in the end; errors of kubectl on the way there do not count. */
export async function eventually<Value>(
  what: string,
  look: () => Promise<Value | undefined>,
  waitMs = WAIT_MS,
): Promise<Value> {
  const end = Date.now() + waitMs;
  let lastError: unknown;
  while (Date.now() < end) {
    try {
      const value = await look();
      if (value !== undefined) return value;
    } catch (error) {
      lastError = error;
    }
    await Bun.sleep(300);
  }
  throw new Error(`waited ${waitMs / 1000} s in vain for ${what}`, { cause: lastError });
}

/** A script in sh. */
export function script(...lines: readonly string[]): string {
  return `#!/bin/sh\n${lines.join("\n")}\n`;
}
