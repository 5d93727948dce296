/** Calls to the API server of the cluster this process runs in, as its pod's ServiceAccount. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../lib/environment.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import {
  type ApiFailure,
  certificateFault,
  codeOfStatus,
  isCertificateFault,
  networkFault,
} from "./failure.ts";

export type ApiCall = {
  readonly method: "GET" | "POST" | "PATCH";
  /** Path and query, e.g. `/api/v1/namespaces/default/pods/web`. */
  readonly path: string;
  readonly body?: object;
  /** How the API server applies the body of a PATCH; a JSON merge patch replaces whole lists. */
  readonly patch?: "merge" | "strategic-merge";
  /** Instead of `application/json`. */
  readonly accept?: string;
};

export type CallLimits = {
  /** Deadline of this one call in milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
};

export type ApiClient = {
  /** E.g. `https://10.96.0.1:443`. */
  readonly server: string;
  /** The ServiceAccount's own namespace, if its files say. */
  readonly namespace: string | undefined;
  /** One call; after a 401 once more with the token read again. The object's shape is the caller's claim. */
  readonly call: <Answer extends object>(
    call: ApiCall,
    limits: CallLimits,
  ) => Promise<Result<Answer, ApiFailure>>;
};

/** Where kubelet mounts a pod's ServiceAccount. */
export const SERVICE_ACCOUNT_DIR = "/var/run/secrets/kubernetes.io/serviceaccount";

/** No answer we ask for comes near it: etcd's own bound on one object is 1.5 MiB. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Whether kubelet gave this process the address of an API server. */
export function isInCluster(env: Environment): boolean {
  return Boolean(env["KUBERNETES_SERVICE_HOST"]);
}

/** Reads the CA; the token is read for every call, since kubelet replaces it as it runs out. */
export function openClient(
  env: Environment,
  serviceAccountDir = SERVICE_ACCOUNT_DIR,
): Result<ApiClient, ApiFailure> {
  const ca = readCredential(serviceAccountDir, "ca.crt");
  if (!ca.ok) return ca;
  const namespace = readCredential(serviceAccountDir, "namespace");
  const server = serverAddress(env);
  return ok({
    server,
    namespace: namespace.ok ? namespace.value : undefined,
    async call<Answer extends object>(call: ApiCall, limits: CallLimits) {
      const request = async (): Promise<Result<Answer, ApiFailure>> => {
        const token = readCredential(serviceAccountDir, "token");
        if (!token.ok) return token;
        return send<Answer>(server, call, { ca: ca.value, token: token.value }, limits);
      };
      const answer = await request();
      return !answer.ok && answer.error.status === 401 ? request() : answer;
    },
  });
}

function serverAddress(env: Environment): string {
  const host = env["KUBERNETES_SERVICE_HOST"] ?? "";
  const port = env["KUBERNETES_SERVICE_PORT"] || "443";
  return `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** The ServiceAccount's file `ca.crt`, `namespace` or `token`. */
export function readCredential(directory: string, name: string): Result<string, ApiFailure> {
  const path = join(directory, name);
  try {
    const text = readFileSync(path, "utf8").trim();
    if (text !== "") return ok(text);
    return fail({ code: "ApiCredentialsMissing", call: path, what: "the file is empty" });
  } catch (error) {
    return fail({ code: "ApiCredentialsMissing", call: path, what: codeOf(error) });
  }
}

type Credentials = { readonly ca: string; readonly token: string };

async function send<Answer extends object>(
  server: string,
  call: ApiCall,
  { ca, token }: Credentials,
  { timeoutMs, signal }: CallLimits,
): Promise<Result<Answer, ApiFailure>> {
  const target = `${call.method} ${server}${call.path}`;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(`${server}${call.path}`, {
      method: call.method,
      headers: headersOf(call, token),
      ...(call.body && { body: JSON.stringify(call.body) }),
      // a variable in the environment must neither lead the token to a proxy nor switch the check off
      proxy: false,
      tls: { ca, rejectUnauthorized: true },
      redirect: "manual",
      decompress: false,
      signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
    });
    const text = await readBounded(response);
    if (text === undefined) {
      const what = `the answer is over ${MAX_BODY_BYTES} bytes`;
      return fail({ code: "ApiAnswerUnreadable", call: target, what });
    }
    return response.ok ? parseObject<Answer>(text, target) : fail(refusal(response, text, target));
  } catch (error) {
    if (signal?.aborted) return fail({ ...unanswered(target, STOPPED), isStopped: true });
    if (!timeout.aborted) return fail(failureOfTransfer(target, codeOf(error)));
    const what = `no complete answer within ${timeoutMs / 1000} s`;
    return fail({ ...unanswered(target, what), isTimeout: true });
  }
}

const STOPPED = "no answer before the time was up";

function unanswered(call: string, what: string): ApiFailure {
  return { code: "ApiUnreachable", call, what };
}

/** @param name what OpenSSL or the system calls the fault */
function failureOfTransfer(call: string, name: string): ApiFailure {
  return isCertificateFault(name)
    ? { code: "ApiCertificateNotTrusted", call, what: certificateFault(name) }
    : unanswered(call, networkFault(name));
}

function headersOf(call: ApiCall, token: string): Record<string, string> {
  const headers: Record<string, string> = {
    Authorization: `Bearer ${token}`,
    Accept: call.accept ?? "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": "storageos-init",
  };
  if (call.body === undefined) return headers;
  const type =
    call.method === "PATCH"
      ? `application/${call.patch ?? "merge"}-patch+json`
      : "application/json";
  return { ...headers, "Content-Type": type };
}

/** The body as text, or undefined once it is longer than MAX_BODY_BYTES; leaving the loop ends the transfer. */
async function readBounded(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseObject<Answer extends object>(
  text: string,
  target: string,
): Result<Answer, ApiFailure> {
  const value = parseJson(text);
  if (typeof value === "object" && value !== null) return ok(value as Answer);
  const what = "the answer is not a JSON object";
  return fail({ code: "ApiAnswerUnreadable", call: target, what });
}

function refusal(response: Response, text: string, target: string): ApiFailure {
  const body = parseJson(text);
  const field = (name: string): string => {
    const value: unknown = body && Object.getOwnPropertyDescriptor(body, name)?.value;
    return typeof value === "string" ? value : "";
  };
  const { status } = response;
  const message = field("message");
  const title = `${status} ${field("reason") || response.statusText}`.trim();
  return {
    code: codeOfStatus(status),
    call: target,
    what: message === "" ? title : `${title}: ${message}`,
    status,
    message,
    retryAfterMs: retryAfterMs(response.headers.get("Retry-After")),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Seconds or an HTTP date (RFC 9110, section 10.2.3), in milliseconds from now. */
function retryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : String(error);
}
