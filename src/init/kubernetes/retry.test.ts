import { afterAll, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openClient } from "./client.ts";
import { describeFailure } from "./failure.ts";
import { callPatiently, type Patience } from "./retry.ts";
import { makeAuthority } from "../../../test/kubernetes/certificates.ts";
import {
  environmentFor,
  startApiServer,
  status,
  writeServiceAccount,
} from "../../../test/kubernetes/servers.ts";

const directory = mkdtempSync(join(tmpdir(), "retry-test-"));
const authority = makeAuthority(join(directory, "ca"));
const serviceAccountDir = writeServiceAccount(join(directory, "serviceaccount"), authority.ca);
const api = startApiServer(authority.issue("IP:127.0.0.1", 1));
const path = "/api/v1/namespaces/storage/pods/web";
api.objects.set(path, { metadata: { name: "web" } });

beforeEach(() => {
  api.requests.length = 0;
  api.intercept = () => undefined;
});
afterAll(async () => {
  await api.stop();
  rmSync(directory, { recursive: true });
});

async function callWith(patience: Patience): Promise<string> {
  const client = openClient(environmentFor(api.port), serviceAccountDir);
  if (!client.ok) throw new Error(describeFailure(client.error));
  const answer = await callPatiently(client.value, { method: "GET", path }, patience);
  return answer.ok ? JSON.stringify(answer.value) : describeFailure(answer.error);
}

test.each([
  ["429 with Retry-After in seconds", 429, { "Retry-After": "0" }],
  [
    "429 with Retry-After as a date that is past",
    429,
    { "Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT" },
  ],
  ["500", 500, {}],
  ["503 with a Retry-After that means nothing", 503, { "Retry-After": "soon" }],
])("an answer of %s is asked for again", async (_, code, headers) => {
  const told: string[] = [];
  api.intercept = () =>
    api.requests.length < 3 ? status(code, "Busy", "later", headers) : undefined;
  const onRetry = (failure: Parameters<typeof describeFailure>[0]) =>
    told.push(describeFailure(failure).replace(/.*: (?=\d)/, ""));
  expect(await callWith({ forMs: 60_000, onRetry })).toBe('{"metadata":{"name":"web"}}');
  expect(told).toEqual([`${code} Busy: later`, `${code} Busy: later`]);
  expect(api.requests.length).toBe(3);
});

test.each([400, 401, 403, 404, 409, 422])("an answer of %i is final", async (code) => {
  api.intercept = () => status(code, "No", "never");
  expect(await callWith({ forMs: 60_000 })).toEndWith(`${code} No: never`);
  expect(api.requests.length).toBe(code === 401 ? 2 : 1);
});

test("a Retry-After beyond the time that is left ends it at once", async () => {
  api.intercept = () => status(429, "TooManyRequests", "later", { "Retry-After": "3600" });
  expect(await callWith({ forMs: 60_000 })).toEndWith("429 TooManyRequests: later");
  expect(api.requests.length).toBe(1);
});

test("the last failure is told when the time is up", async () => {
  api.intercept = () => status(500, "InternalError", `attempt ${api.requests.length}`);
  // the last attempt may be cut short by the end, and is not told then
  expect(await callWith({ forMs: 1_000 })).toMatch(/: attempt \d+$/);
  expect(api.requests.length).toBeGreaterThan(1);
});

test("a signal ends the wait, and the failure before it is told", async () => {
  const stop = new AbortController();
  api.intercept = () => status(429, "TooManyRequests", "later", { "Retry-After": "3600" });
  const onRetry = (): void => stop.abort();
  expect(await callWith({ forMs: Infinity, signal: stop.signal, onRetry })).toEndWith(
    "429 TooManyRequests: later",
  );
  expect(api.requests.length).toBe(1);
});

test("a signal that comes during a later call leaves the failure before it", async () => {
  const stop = new AbortController();
  api.intercept = () => {
    if (api.requests.length === 2) stop.abort();
    return status(500, "InternalError", "etcdserver: no leader");
  };
  expect(await callWith({ forMs: Infinity, signal: stop.signal })).toEndWith("no leader");
});
