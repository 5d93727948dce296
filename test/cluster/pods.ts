/** Pods as objects, with any status: nothing schedules them, and no container has to run. */

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
      const url = `http://127.0.0.1:${port}/api/v1${path}`;
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

/** How many requests are under way at once. */
const AT_ONCE = 16;

/** Makes each pod and gives it its status; resolves to their names. */
export async function createPods(
  proxy: ApiProxy,
  namespace: string,
  pods: readonly Fields[],
  labels: Readonly<Record<string, string>> = { app: "storageos", kind: "daemonset" },
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
          metadata: { name, labels },
          spec: specOf(pod["spec"] as Fields),
        });
        await setStatus(proxy, namespace, name, pod["status"] as Fields);
      }
    }),
  );
  return names;
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
