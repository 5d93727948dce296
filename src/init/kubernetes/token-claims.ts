/** What a bound ServiceAccount token says of the pod that it was made for. */

export type TokenClaims = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Only from Kubernetes 1.30 on. */
  readonly node: string | undefined;
};

/**
 * The claim `kubernetes.io` of a token that kubelet mounts (the default since Kubernetes 1.21).
 * Undefined for a token of another kind: a legacy token names no pod. The signature is not
 * checked: whoever can write the token's file is in the container already.
 */
export function readTokenClaims(token: string): TokenClaims | undefined {
  const claims = at(decodePayload(token), "kubernetes.io");
  const pod = at(claims, "pod");
  const namespace = textAt(claims, "namespace");
  const name = textAt(pod, "name");
  const uid = textAt(pod, "uid");
  if (namespace === undefined || name === undefined || uid === undefined) return undefined;
  return { namespace, name, uid, node: textAt(at(claims, "node"), "name") };
}

/** The second of the three parts of a JWT, in base64url (RFC 7519, section 3). */
function decodePayload(token: string): unknown {
  const [, payload = ""] = token.split(".");
  try {
    return JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

/** A name as the API allows it, so that it is safe in a path. */
function textAt(value: unknown, key: string): string | undefined {
  const text = at(value, key);
  return typeof text === "string" && /^[a-z0-9][a-z0-9.-]{0,252}$/.test(text) ? text : undefined;
}
