/** Why a call to the API server gave no answer that can be used. */
export type ApiFailure =
  /** The ServiceAccount's files are missing or unreadable. */
  | { readonly kind: "credentials"; readonly what: string }
  /** The server's certificate is not to be trusted; `code` as OpenSSL names it. */
  | { readonly kind: "certificate"; readonly target: string; readonly code: string }
  /** Name resolution, connection or transfer failed; `code` as the system names it. */
  | { readonly kind: "network"; readonly target: string; readonly code: string }
  | { readonly kind: "timed-out"; readonly target: string; readonly afterMs: number }
  /** An answer other than 2xx; `reason` and `message` from its Status object, else empty. */
  | {
      readonly kind: "status";
      readonly target: string;
      readonly status: number;
      readonly reason: string;
      readonly message: string;
      /** What Retry-After asks for, in milliseconds. */
      readonly retryAfterMs: number | undefined;
    }
  /** The answer is longer than the bound or is not a JSON object. */
  | { readonly kind: "unreadable"; readonly target: string; readonly what: string }
  /** The caller's signal ended the call. */
  | { readonly kind: "stopped"; readonly target: string };

/** True for what another attempt can mend: the network, deadlines, 429 and 5xx. */
export function isTemporary(failure: ApiFailure): boolean {
  if (failure.kind === "status") return failure.status === 429 || failure.status >= 500;
  return failure.kind === "network" || failure.kind === "timed-out";
}

/** True where the server did not come to a decision of its own, so it says nothing about the cluster. */
export function isUnreachable(failure: ApiFailure): boolean {
  return isTemporary(failure) || failure.kind === "certificate" || failure.kind === "stopped";
}

export function hasStatus(failure: ApiFailure, status: number): boolean {
  return failure.kind === "status" && failure.status === status;
}

/** One clause, with the method and address of the call where there was one. */
export function describeFailure(failure: ApiFailure): string {
  return failure.kind === "credentials" ? failure.what : `${failure.target}: ${faultOf(failure)}`;
}

function faultOf(failure: Exclude<ApiFailure, { kind: "credentials" }>): string {
  switch (failure.kind) {
    case "certificate":
      return `the API server's certificate is not trusted: ${CERTIFICATE_FAULTS[failure.code] ?? failure.code}`;
    case "network":
      return NETWORK_FAULTS[failure.code] ?? failure.code;
    case "timed-out":
      return `no complete answer within ${failure.afterMs / 1000} s`;
    case "status":
      return [`${failure.status} ${failure.reason}`.trim(), failure.message]
        .filter((part) => part !== "")
        .join(": ");
    case "unreadable":
      return failure.what;
    case "stopped":
      return "no answer before the time was up";
    default:
      return failure satisfies never;
  }
}

/** What to do about it; `rule` is what to do when RBAC forbids the call. */
export function adviceFor(failure: ApiFailure, rule: string): string {
  if (isUnreachable(failure)) {
    return "See whether the API server is up and can be reached from this node";
  }
  if (failure.kind === "credentials") {
    return "Let the pod have its ServiceAccount's token (automountServiceAccountToken: true)";
  }
  if (hasStatus(failure, 401)) {
    return "The ServiceAccount's token is not valid: see whether the ServiceAccount still exists and this node's clock is right";
  }
  if (hasStatus(failure, 403)) return rule;
  return "See whether it is the cluster's API server that answers there";
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
