/** Pods as objects, with any status: nothing schedules them, and no container has to run. */
import { kubectl } from "./real-cluster.ts";

export type ApiProxy = {
  readonly request: (method: "POST" | "PATCH", path: string, fields: object) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** kubectl proxy: the API without kubectl's start for every call. */
export async function openProxy(): Promise<ApiProxy> {
  const child = Bun.spawn(["kubectl", "proxy", "--port=0"], { stdout: "pipe", stderr: "inherit" });
  const { value } = await child.stdout.getReader().read();
  const port = /:(\d+)/.exec(Buffer.from(value ?? []).toString())?.[1];
  return {
    request: async (method, path, fields) => {
      const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
      const headers = { "content-type": type };
      const api = path.startsWith("/apis/") ? "" : "/api/v1";
      const url = `http://127.0.0.1:${port}${api}${path}`;
      const asked: RequestInit = { method, headers, body: JSON.stringify(fields) };
      const response = await fetch(url, asked);
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    },
    close: async () => {
      child.kill();
      await child.exited;
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;

export type Owner = { readonly uid: string; readonly remove: () => Promise<void> };

type Labels = Readonly<Record<string, string>>;

const OWNER = "storageos-daemonset";
const OWNER_LABELS: Labels = { app: "storageos", kind: "daemonset" };

/**
 * A DaemonSet for pods that this test makes. Its controller would remove them, and leaves a DaemonSet
 * alone that is being deleted: a finalizer keeps it so.
 */
export async function createOwner(proxy: ApiProxy, namespace: string): Promise<Owner> {
  const labels = OWNER_LABELS;
  const where = ["-n", namespace];
  const container = { name: "node", image: "none" };
  const spec = {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        nodeSelector: { no: "node" },
        initContainers: [{ ...container, name: "storageos-init" }],
        containers: [container],
      },
    },
  };
  const metadata = { name: OWNER, finalizers: ["example.com/kept"] };
  const made = kubectl([...where, "create", "-o", "json", "-f", "-"], {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata,
    spec,
  });
  const { uid } = JSON.parse(made).metadata as { readonly uid: string };
  kubectl([...where, "delete", "daemonset", OWNER, "--wait=false", "--cascade=background"]);
  // Deletion makes a new generation, which the controller no longer looks at.
  const status = { observedGeneration: 9, desiredNumberScheduled: 0 };
  const path = `/apis/apps/v1/namespaces/${namespace}/daemonsets/${OWNER}`;
  await proxy.request("PATCH", `${path}/status`, { status });
  return {
    uid,
    remove: () => proxy.request("PATCH", path, { metadata: { finalizers: [] } }),
  };
}

/** How many requests are under way at once. */
const AT_ONCE = 16;

/** Makes each pod and gives it its status; resolves to their names. */
export async function createPods(
  proxy: ApiProxy,
  namespace: string,
  pods: readonly Fields[],
  { owner, labels = OWNER_LABELS }: { readonly owner: Owner; readonly labels?: Labels },
): Promise<readonly string[]> {
  const prefix = Object.values(labels)[0];
  const names = pods.map((_, index) => `${prefix}-${index}`);
  const left = [...pods.entries()];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) {
        const [index, pod] = next;
        const name = names[index] ?? "";
        await proxy.request("POST", `/namespaces/${namespace}/pods`, {
          metadata: { name, labels, ownerReferences: [ownerReference(owner)] },
          spec: specOf(pod["spec"] as Fields),
        });
        await setStatus(proxy, namespace, name, pod["status"] as Fields);
      }
    }),
  );
  return names;
}

function ownerReference({ uid }: Owner): Fields {
  return { apiVersion: "apps/v1", kind: "DaemonSet", name: OWNER, uid, controller: true };
}

export async function setStatus(
  proxy: ApiProxy,
  namespace: string,
  name: string,
  status: Fields,
): Promise<void> {
  await proxy.request("PATCH", `/namespaces/${namespace}/pods/${name}/status`, { status });
}

/** The node stays in the affinity alone: pods on nodes that are not there would be collected. */
function specOf({ affinity, containers, initContainers }: Fields): object {
  return {
    schedulerName: "none",
    automountServiceAccountToken: false,
    affinity,
    containers: namesAndImages(containers),
    initContainers: namesAndImages(initContainers),
  };
}

function namesAndImages(containers: unknown): readonly object[] {
  return (containers as Fields[]).map(({ name, image, env = [] }) => ({ name, image, env }));
}
