/** What all that talks to the API in one run shares: the client, and which pod this is. */
import type { Pod } from "kubernetes-types/core/v1";
import { ok, type Result } from "../../lib/result.ts";
import { type ApiClient, openClient } from "./client.ts";
import type { ApiFailure } from "./failure.ts";
import { findPod, type FoundPod, type Get, type PodUnknown, type Whereabouts } from "./find-pod.ts";
import { ownAddresses, ownNames } from "./own-addresses.ts";
import type { IdentitySources, PodIdentity } from "./pod-identity.ts";

export type ClusterOptions = IdentitySources & {
  readonly log: (line: string) => void;
  /** What to ask the API for; only tests know it beforehand. */
  readonly whereabouts?: () => Promise<Whereabouts>;
};

export type Cluster = {
  readonly client: ApiClient;
  /** Which pod this is; once found it is not looked for again. */
  readonly findPod: (get: Get, pass: "first" | "last") => Promise<Result<FoundPod, PodUnknown>>;
  /** The pod's object, which is asked for at most once. */
  readonly readPod: (get: Get, pod: PodIdentity) => Promise<Result<Pod, ApiFailure>>;
};

/** Fails where the ServiceAccount's files are missing. */
export function openCluster(options: ClusterOptions): Result<Cluster, ApiFailure> {
  const client = openClient(options.env, options.serviceAccountDir);
  if (!client.ok) return client;
  const { namespace, server } = client.value;
  const search = {
    sources: options,
    namespace,
    whereabouts:
      options.whereabouts ??
      (async () => ({ addresses: await ownAddresses(server), names: ownNames() })),
  };
  let found: FoundPod | undefined;
  let pod: Pod | undefined;
  let looking: Promise<unknown> = Promise.resolve();
  const look: Cluster["findPod"] = async (get, pass) => {
    if (found !== undefined) return ok(found);
    const result = await findPod(search, get, pass);
    if (!result.ok) return result;
    found = result.value;
    pod ??= found.pod;
    if (found.pod !== undefined) options.log(describe(found));
    return result;
  };
  return ok({
    client: client.value,
    // One after the other, so that the second finds what the first has found.
    findPod(get, pass) {
      const result = looking.then(async () => look(get, pass));
      looking = result;
      return result;
    },
    async readPod(get, identity) {
      if (pod !== undefined) return ok(pod);
      const path = `/api/v1/namespaces/${identity.namespace}/pods/${identity.name}`;
      const read = await get<Pod>({ method: "GET", path });
      if (read.ok) pod = read.value;
      return read;
    },
  });
}

function describe({ identity, tried }: FoundPod): string {
  return `this is pod ${identity.namespace}/${identity.name}, as the API shows; ${tried}`;
}
