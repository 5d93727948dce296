/** TLS servers of the tests' own: a small API server, and one that answers in ways a real one never does. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DaemonSet } from "kubernetes-types/apps/v1";
import type { Event, Node, NodeCondition, Pod } from "kubernetes-types/core/v1";
import type { Status } from "kubernetes-types/meta/v1";
import type { Environment } from "../../src/lib/environment.ts";
import type { ServerCertificate } from "./certificates.ts";

/** What kubelet gives a container so that it can call the API server. */
export type Access = { readonly env: Environment; readonly serviceAccountDir: string };

export type ServedRequest = {
  readonly method: string;
  /** With its query, decoded. */
  readonly path: string;
  readonly authorization: string | null;
};

export type ApiServer = {
  readonly port: number;
  readonly requests: ServedRequest[];
  /** Keyed by path. */
  readonly objects: Map<string, Pod | DaemonSet | Event | Node>;
  /** Answers in the server's place while it returns a response; `proceed` has the request carried out. */
  intercept: (request: ServedRequest, proceed: () => Response) => Response | undefined;
  readonly stop: () => Promise<void>;
};

export function writeServiceAccount(directory: string, ca: string, token = "a-token"): string {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "ca.crt"), ca);
  writeFileSync(join(directory, "token"), token);
  writeFileSync(join(directory, "namespace"), "storage");
  return directory;
}

export function environmentFor(port: number, host = "127.0.0.1"): Environment {
  return { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: String(port) };
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return `${pathname}${decodeURIComponent(search)}`;
}

/** GET of any object or list of pods, POST into a collection, JSON merge PATCH of an object's own fields. */
export function startApiServer(tls: ServerCertificate): ApiServer {
  const objects: ApiServer["objects"] = new Map();
  const requests: ServedRequest[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    tls,
    async fetch(request) {
      const served = {
        method: request.method,
        path: pathOf(request.url),
        authorization: request.headers.get("Authorization"),
      };
      requests.push(served);
      const text = await request.text();
      const isStrategic = request.headers.get("Content-Type")?.includes("strategic") === true;
      const proceed = (): Response =>
        isStrategic ? mergeConditions(objects, served, text) : answerTo(objects, served, text);
      return api.intercept(served, proceed) ?? proceed();
    },
  });
  const api: ApiServer = {
    port: server.port ?? 0,
    requests,
    objects,
    intercept: () => undefined,
    stop: async () => server.stop(true),
  };
  return api;
}

function answerTo(
  objects: ApiServer["objects"],
  { method, path }: ServedRequest,
  text: string,
): Response {
  if (method === "POST") {
    const object: Event = JSON.parse(text);
    const own = `${path}/${object.metadata.name}`;
    if (objects.has(own)) return status(409, "AlreadyExists", `${own} already exists`);
    objects.set(own, object);
    return Response.json(object, { status: 201 });
  }
  if (path.includes("?fieldSelector=")) return listOf(objects, path);
  const object = objects.get(path);
  if (object === undefined) return status(404, "NotFound", `${path} not found`);
  if (method === "PATCH") Object.assign(object, JSON.parse(text));
  return Response.json(object);
}

/** A strategic merge patch of a node's status: conditions are merged by their type. */
function mergeConditions(
  objects: ApiServer["objects"],
  { path }: ServedRequest,
  text: string,
): Response {
  const node = objects.get(path.replace(/\/status$/, "")) as Node | undefined;
  if (node === undefined) return status(404, "NotFound", `${path} not found`);
  let conditions = node.status?.conditions ?? [];
  const patch: Node = JSON.parse(text);
  for (const { $patch, ...changes } of (patch.status?.conditions ?? []) as Patched[]) {
    const old = conditions.find(({ type }) => type === changes.type);
    const others = conditions.filter(({ type }) => type !== changes.type);
    conditions = $patch === "delete" ? others : [...others, { ...old, ...changes }];
  }
  const merged = { ...node, status: { ...node.status, conditions } };
  objects.set(path.replace(/\/status$/, ""), merged);
  return Response.json(merged);
}

type Patched = NodeCondition & { readonly $patch?: string };

/** Those objects of a collection of which one field has one value. */
function listOf(objects: ApiServer["objects"], path: string): Response {
  const [, collection, field = "", value] =
    /^(.*)\?fieldSelector=([\w.]+)=([^&]*)/.exec(path) ?? [];
  const fieldOf = (object: unknown): unknown =>
    field.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], object);
  const items = [...objects]
    .filter(([own, object]) => own.startsWith(`${collection}/`) && fieldOf(object) === value)
    .map(([, object]) => object);
  return Response.json({ kind: "List", items });
}

export function status(
  code: number,
  reason: string,
  message: string,
  headers: Record<string, string> = {},
): Response {
  const body: Status = {
    kind: "Status",
    apiVersion: "v1",
    status: "Failure",
    code,
    reason,
    message,
  };
  return Response.json(body, { status: code, headers });
}

/** Writes `answer` to whoever sends something, then ends the connection or keeps it. */
export function startRawServer(
  tls: ServerCertificate,
  answer: string,
  then: "cut" | "keep",
): { readonly port: number; readonly stop: () => void } {
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    tls,
    socket: {
      data(socket) {
        socket.write(answer);
        socket.flush();
        if (then === "cut") socket.end();
      },
    },
  });
  return { port: listener.port, stop: () => listener.stop(true) };
}
