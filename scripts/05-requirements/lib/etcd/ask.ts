import { fail, ok, type Result } from "../../../../src/lib/result.ts";
import { showName } from "../../../../src/lib/text/show.ts";
import type { Endpoint } from "./endpoints.ts";
import type { TlsFiles } from "./tls.ts";

/** Why an endpoint does not work, without a full stop, and what to do. */
export type Trouble = { readonly why: string; readonly fix: string };

/** Connects, as far as a TCP connection goes. */
export async function dial(endpoint: Endpoint, deadlineMs: number): Promise<Result<void, Trouble>> {
  try {
    const { host, port } = endpoint;
    const connected = Bun.connect({ hostname: host, port, socket: { data() {} } });
    const socket = await Promise.race([connected, rejectAfter(deadlineMs)]);
    socket.end();
    return ok(undefined);
  } catch (error) {
    return fail(explain(error, endpoint, deadlineMs));
  }
}

/** Asks for /health, with TLS verified; etcd answers only if its cluster can read and write. */
export async function askHealth(
  endpoint: Endpoint,
  tls: TlsFiles,
  deadlineMs: number,
): Promise<Result<void, Trouble>> {
  const { isTls, host, port } = endpoint;
  const authority = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  try {
    const response = await fetch(`${isTls ? "https" : "http"}://${authority}/health`, {
      signal: AbortSignal.timeout(deadlineMs),
      redirect: "manual",
      ...(isTls ? { tls: given(tls) } : {}),
    });
    return judgeAnswer(response.status, await response.text());
  } catch (error) {
    return fail(explain(error, endpoint, deadlineMs));
  }
}

/** Bun wants what is not set to be absent. */
function given({ ca, cert, key }: TlsFiles): Bun.TLSOptions {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

function judgeAnswer(status: number, body: string): Result<void, Trouble> {
  if (status === 200 && /"health"\s*:\s*"?true/.test(body)) return ok(undefined);
  const excerpt = showName(body.trim().slice(0, 80));
  return /"health"/.test(body)
    ? fail({
        why: `is not healthy: ${excerpt}`,
        fix: "See etcdctl endpoint health and the log of etcd: it may have lost its quorum.",
      })
    : fail({
        why: `answers with HTTP ${status} (${excerpt}), which is not an etcd health response`,
        fix: "Correct ETCD_ENDPOINTS.",
      });
}

/** Errors as Bun's connect and fetch give them: a system's or OpenSSL's code. */
function explain(error: unknown, { isTls, host, port }: Endpoint, deadlineMs: number): Trouble {
  const { code = "", message, name } = error as NodeJS.ErrnoException;
  if (name === "TimeoutError") {
    return {
      why: `does not answer within ${deadlineMs / 1000} s`,
      fix: `See that it runs, and that firewalls let this node reach its port ${port}.`,
    };
  }
  const closed = code === "ECONNRESET" || code === "EPROTO";
  if (closed) return isTls ? REFUSES_TLS : WANTS_TLS;
  const trouble = TROUBLES[code];
  if (trouble !== undefined) return trouble;
  if (/CERT|VERIFY|SIGNED|ISSUER/.test(code)) {
    return {
      why: `shows a certificate that ETCD_TLS_CLIENT_CA does not vouch for (${code})`,
      fix: "Set ETCD_TLS_CLIENT_CA to the certificate of the authority that signed etcd's.",
    };
  }
  return {
    why: `cannot be asked: ${code || message}`,
    fix: `See that etcd runs, and that this node has a route to ${host}.`,
  };
}

const REFUSES_TLS: Trouble = {
  why: "fails the TLS handshake: it speaks no TLS, or refuses the client certificate",
  fix: "Set ETCD_TLS_CLIENT_CERT and ETCD_TLS_CLIENT_KEY to a certificate that etcd's --trusted-ca-file vouches for; where etcd has no TLS, write http:// in ETCD_ENDPOINTS.",
};

const WANTS_TLS: Trouble = {
  why: "closes the connection: it may want TLS",
  fix: "Write https:// in ETCD_ENDPOINTS, or set ETCD_TLS_CLIENT_CA.",
};

const TROUBLES: Readonly<Record<string, Trouble>> = {
  ECONNREFUSED: {
    why: "refuses the connection",
    fix: "See that etcd runs there and listens on that address (--listen-client-urls).",
  },
  ENOTFOUND: {
    why: "has a name that is not found",
    fix: "Correct ETCD_ENDPOINTS, or the DNS of this node (a pod with hostNetwork sees names of the cluster only with dnsPolicy: ClusterFirstWithHostNet).",
  },
  EAI_AGAIN: {
    why: "has a name that cannot be looked up: no DNS server answers",
    fix: "See to the DNS of this node: /etc/resolv.conf, and the way to the servers in it.",
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    why: "shows a certificate for other names",
    fix: "Write a name of etcd's certificate in ETCD_ENDPOINTS, or issue the certificate for this one (subjectAltName).",
  },
  CERT_HAS_EXPIRED: {
    why: "shows a certificate that has expired",
    fix: "Renew etcd's certificate; if it has not expired, set this node's clock.",
  },
};

async function rejectAfter(ms: number): Promise<never> {
  await Bun.sleep(ms);
  throw new DOMException("deadline", "TimeoutError");
}
