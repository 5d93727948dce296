import { fail, ok, type Result } from "../../../../src/lib/result.ts";
import type { Unmet } from "../../../../src/lib/linux/checks/finding.ts";
import { type Environment, readList, unusable } from "../settings.ts";

export type Endpoint = {
  /** As the variable has it. */
  readonly name: string;
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
};

const DEFAULT_PORT = 2379;

/** Reads ETCD_ENDPOINTS: between commas, with a scheme or without; without one, TLS is as given. */
export function readEndpoints(
  env: Environment,
  tlsByDefault: boolean,
): Result<readonly Endpoint[], Unmet> {
  const endpoints: Endpoint[] = [];
  for (const name of readList(env, "ETCD_ENDPOINTS", "")) {
    const endpoint = parseEndpoint(name, tlsByDefault);
    if (endpoint === undefined) {
      const example = "https://etcd-1.example:2379,https://etcd-2.example:2379";
      return fail(unusable("ETCD_ENDPOINTS", env["ETCD_ENDPOINTS"] ?? "", "addresses", example));
    }
    endpoints.push(endpoint);
  }
  return ok(endpoints);
}

export function parseEndpoint(name: string, tlsByDefault: boolean): Endpoint | undefined {
  const [, scheme, rest] = /^(?:(https?):\/\/)?([^/]+)\/?$/.exec(name) ?? [];
  if (rest === undefined || !URL.canParse(`http://${rest}`)) return undefined;
  const { hostname, port, username } = new URL(`http://${rest}`);
  // A URL forgets the port 80, which is http's.
  const given = port === "" && rest.endsWith(":80") ? "80" : port;
  if (hostname === "" || username !== "") return undefined;
  return {
    name,
    isTls: scheme === undefined ? tlsByDefault : scheme === "https",
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: given === "" ? DEFAULT_PORT : Number(given),
  };
}
