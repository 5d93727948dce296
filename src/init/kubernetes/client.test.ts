import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../../lib/environment.ts";
import { type ApiClient, openClient } from "./client.ts";
import { describeFailure } from "./failure.ts";
import { makeAuthority } from "../../../test/kubernetes/certificates.ts";
import {
  environmentFor,
  startApiServer,
  startRawServer,
  status,
  writeServiceAccount,
} from "../../../test/kubernetes/servers.ts";

const directory = mkdtempSync(join(tmpdir(), "client-test-"));
const authority = makeAuthority(join(directory, "ca"));
const stranger = makeAuthority(join(directory, "other-ca"));
const certificate = authority.issue("IP:127.0.0.1", 1);
const serviceAccountDir = join(directory, "serviceaccount");
const path = "/api/v1/namespaces/storage/pods/web";
const call = { method: "GET", path } as const;

const servers: { stop: () => unknown }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.stop();
});
afterAll(() => rmSync(directory, { recursive: true }));

function openFor(env: Environment, ca = authority.ca): ApiClient {
  const client = openClient(env, writeServiceAccount(serviceAccountDir, ca));
  if (!client.ok) throw new Error(describeFailure(client.error));
  return client.value;
}

function startApi(tls = certificate): ReturnType<typeof startApiServer> {
  const api = startApiServer(tls);
  servers.push(api);
  api.objects.set(path, { metadata: { name: "web" } });
  return api;
}

function startRaw(answers: string, then: "cut" | "keep"): Environment {
  const server = startRawServer(certificate, answers, then);
  servers.push(server);
  return environmentFor(server.port);
}

/** What a person would be told, with the server's address as SERVER. */
async function failureOf(client: ApiClient, timeoutMs = 10_000): Promise<string> {
  const answer = await client.call(call, { timeoutMs });
  const text = answer.ok ? "no failure" : describeFailure(answer.error);
  return text.replace(client.server, "SERVER");
}

describe("an answer", () => {
  test("is the object, asked for with the ServiceAccount's token", async () => {
    const api = startApi();
    const answer = await openFor(environmentFor(api.port)).call(call, { timeoutMs: 10_000 });
    expect(answer).toEqual({ ok: true, value: { metadata: { name: "web" } } });
    expect(api.requests).toEqual([{ method: "GET", path, authorization: "Bearer a-token" }]);
  });

  test("of 401 has the token read again, and only once", async () => {
    const api = startApi();
    api.intercept = ({ authorization }) => {
      writeFileSync(join(serviceAccountDir, "token"), "a-new-token\n");
      return authorization === "Bearer a-token" ? status(401, "Unauthorized", "") : undefined;
    };
    expect(await failureOf(openFor(environmentFor(api.port)))).toBe("no failure");
    api.intercept = () => status(401, "Unauthorized", "Unauthorized");
    expect(await failureOf(openFor(environmentFor(api.port)))).toBe(
      `GET SERVER${path}: 401 Unauthorized: Unauthorized`,
    );
    expect(api.requests.map(({ authorization }) => authorization)).toEqual([
      "Bearer a-token",
      "Bearer a-new-token",
      "Bearer a-token",
      "Bearer a-token",
    ]);
  });

  test("after a token was replaced is asked for with the new one", async () => {
    const api = startApi();
    const client = openFor(environmentFor(api.port));
    await client.call(call, { timeoutMs: 10_000 });
    writeFileSync(join(serviceAccountDir, "token"), "b-token");
    await client.call(call, { timeoutMs: 10_000 });
    expect(api.requests.map(({ authorization }) => authorization)).toEqual([
      "Bearer a-token",
      "Bearer b-token",
    ]);
  });

  test.each([
    [403, "Forbidden", 'pods "web" is forbidden'],
    [404, "NotFound", 'pods "web" not found'],
    [409, "AlreadyExists", 'events "web" already exists'],
    [429, "TooManyRequests", "try again later"],
    [500, "InternalError", "etcdserver: no leader"],
  ])("of %i is told with its reason and message", async (code, reason, message) => {
    const api = startApi();
    api.intercept = () => status(code, reason, message);
    expect(await failureOf(openFor(environmentFor(api.port)))).toBe(
      `GET SERVER${path}: ${code} ${reason}: ${message}`,
    );
    expect(api.requests.length).toBe(1);
  });

  test("that leads elsewhere is not followed, so the token stays here", async () => {
    const api = startApi();
    const other = startApi();
    api.intercept = () => Response.redirect(`https://127.0.0.1:${other.port}${path}`, 302);
    expect(await failureOf(openFor(environmentFor(api.port)))).toBe(`GET SERVER${path}: 302 Found`);
    expect(other.requests).toEqual([]);
  });

  test.each([
    ["<html>a login page</html>", "the answer is not a JSON object"],
    ["null", "the answer is not a JSON object"],
  ])("that is %p is refused", async (body, what) => {
    const api = startApi();
    api.intercept = () => new Response(body);
    expect(await failureOf(openFor(environmentFor(api.port)))).toBe(`GET SERVER${path}: ${what}`);
  });
});

describe("a certificate", () => {
  test.each([
    [
      "of another CA",
      () => stranger.issue("IP:127.0.0.1", 1),
      "it was not signed by the cluster's CA (ca.crt)",
    ],
    ["that has expired", () => authority.issue("IP:127.0.0.1", -1), "it has expired"],
    [
      "of another name",
      () => authority.issue("DNS:elsewhere", 1),
      "it is for another name or address",
    ],
  ])("%s is not trusted, and gets no token", async (_, issue, fault) => {
    const api = startApi(issue());
    expect(await failureOf(openFor(environmentFor(api.port)))).toBe(
      `GET SERVER${path}: the API server's certificate is not trusted: ${fault}`,
    );
    expect(api.requests).toEqual([]);
  });
});

describe("a connection", () => {
  const cut = "the connection was cut before the answer was complete";
  const late = "no complete answer within 0.3 s";
  test.each([
    ["cut before any answer", "", "cut", cut],
    ["cut in the headers", "HTTP/1.1 200 OK\r\nContent-Le", "cut", cut],
    ["cut in the body", 'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"kind":', "cut", cut],
    [
      "cut in a chunked body",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{",
      "cut",
      cut,
    ],
    ["that never answers", "", "keep", late],
    [
      "that stops in the body",
      'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"kind":',
      "keep",
      late,
    ],
  ] as const)("%s", async (_, answers, then, what) => {
    const client = openFor(startRaw(answers, then));
    const timeoutMs = then === "keep" ? 300 : 10_000;
    expect(await failureOf(client, timeoutMs)).toBe(`GET SERVER${path}: ${what}`);
  });

  test("with a body without end is ended at the bound", async () => {
    const api = startApi();
    const ended = Promise.withResolvers<void>();
    api.intercept = () =>
      new Response(
        new ReadableStream({
          pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
          cancel: () => ended.resolve(),
        }),
      );
    expect(await failureOf(openFor(environmentFor(api.port)))).toBe(
      `GET SERVER${path}: the answer is over 4194304 bytes`,
    );
    await ended.promise;
  });

  test("to a name that is not there", async () => {
    const client = openFor(environmentFor(443, "api.invalid"));
    expect(await failureOf(client)).toBe(`GET SERVER${path}: the name cannot be resolved`);
  });

  test("that is refused", async () => {
    const api = startApi();
    await api.stop();
    const client = openFor(environmentFor(api.port));
    expect(await failureOf(client)).toBe(`GET SERVER${path}: connection refused`);
  });

  test("ends with the caller's signal", async () => {
    const client = openFor(startRaw("", "keep"));
    const stop = new AbortController();
    const answer = client.call(call, { timeoutMs: 10_000, signal: stop.signal });
    stop.abort();
    expect(await answer).toMatchObject({
      ok: false,
      error: { code: "ApiUnreachable", isStopped: true },
    });
  });
});

describe("a ServiceAccount", () => {
  test("without its files is told by the file", () => {
    const client = openClient(environmentFor(443), join(directory, "absent"));
    expect(client.ok ? "" : describeFailure(client.error)).toBe(
      `${directory}/absent/ca.crt: ENOENT`,
    );
  });

  test("with an empty token is told by the file", async () => {
    const api = startApi();
    const client = openFor(environmentFor(api.port));
    writeFileSync(join(serviceAccountDir, "token"), "\n");
    expect(await failureOf(client)).toBe(`${serviceAccountDir}/token: the file is empty`);
    expect(api.requests).toEqual([]);
  });

  test("on an IPv6 cluster has its address in brackets", () => {
    expect(openFor(environmentFor(6443, "fd00::1")).server).toBe("https://[fd00::1]:6443");
    expect(openFor({ KUBERNETES_SERVICE_HOST: "10.0.0.1" }).server).toBe("https://10.0.0.1:443");
  });
});
