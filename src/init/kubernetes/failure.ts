/** Why a call to the API server gave no usable answer, as data; the words are in the registry. */
import { type Failure, failureOf } from "../../lib/failure/failure.ts";
import { type ApiCode, CLUSTER } from "../../lib/failure/topics/cluster.ts";

export type ApiFailure = {
  readonly code: ApiCode;
  /** Method and address of the call, or the file that is the trouble. */
  readonly call: string;
  /** What came back, or why nothing did. */
  readonly what: string;
  /** Of an answer other than 2xx. */
  readonly status?: number;
  /** What the answer itself says, without its status. */
  readonly message?: string;
  /** What Retry-After asks for, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** Whether the caller's signal ended the call. */
  readonly isStopped?: boolean;
  /** Whether its own deadline did. */
  readonly isTimeout?: boolean;
};

/** True for what another attempt can help: the network, deadlines, 429 and 5xx. */
export function isTemporary({ code, isStopped }: ApiFailure): boolean {
  return (code === "ApiUnreachable" || code === "ApiServerError") && isStopped !== true;
}

/** True where no API server decided anything, so the failure shows nothing about the cluster. */
export function isUnreachable({ code }: ApiFailure): boolean {
  return (
    code === "ApiUnreachable" || code === "ApiServerError" || code === "ApiCertificateNotTrusted"
  );
}

/** One clause: call and answer. */
export function describeFailure({ call, what }: ApiFailure): string {
  return `${call}: ${what}`;
}

/** The same in what an operator needs beside another failure with the same status. */
export function describeBriefly(failure: ApiFailure): string {
  return failure.message || describeFailure(failure);
}

/**
 * The failure in the registry's words.
 * @param task what the call was for: `look up the node image`
 * @param rule what to allow where RBAC forbids it: `"get" on pods in namespace storage`
 */
export function failureFor(task: string, { code, call, what }: ApiFailure, rule: string): Failure {
  return code === "ApiForbidden"
    ? failureOf(CLUSTER, code, { task, call, what, rule })
    : failureOf(CLUSTER, code, { task, call, what });
}

/** The code of an answer's status. */
export function codeOfStatus(status: number): ApiCode {
  if (status === 401) return "ApiUnauthorized";
  if (status === 403) return "ApiForbidden";
  if (status === 404) return "ApiObjectNotFound";
  if (status === 429 || status >= 500) return "ApiServerError";
  return status >= 400 ? "ApiRequestRejected" : "ApiAnswerUnreadable";
}

/** The names OpenSSL and the runtime give to what is wrong with a peer's certificate. */
export function isCertificateFault(name: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME|HOSTNAME_MISMATCH|INVALID_(?:CA|PURPOSE)|PATH_LENGTH/.test(
    name,
  );
}

export function certificateFault(name: string): string {
  return `the API server's certificate is not trusted: ${CERTIFICATE_FAULTS[name] ?? name}`;
}

export function networkFault(name: string): string {
  return NETWORK_FAULTS[name] ?? name;
}

const CERTIFICATE_FAULTS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "it has expired",
  CERT_NOT_YET_VALID: "it is not valid yet (is this node's clock right?)",
  ERR_TLS_CERT_ALTNAME_INVALID: "it is for another name or address",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "it was not signed by the cluster's CA (ca.crt)",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "it was not signed by the cluster's CA (ca.crt)",
  SELF_SIGNED_CERT_IN_CHAIN: "it was not signed by the cluster's CA (ca.crt)",
  DEPTH_ZERO_SELF_SIGNED_CERT: "it was not signed by the cluster's CA (ca.crt)",
};

const NETWORK_FAULTS: Readonly<Record<string, string>> = {
  ENOTFOUND: "the name cannot be resolved",
  ECONNREFUSED: "connection refused",
  ECONNRESET: "the connection was cut before the answer was complete",
};
