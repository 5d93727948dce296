import type { Result } from "../lib/result.ts";
import type { Cluster, ClusterOptions } from "./kubernetes/cluster.ts";
import type { ApiFailure } from "./kubernetes/failure.ts";

export type OpenCluster = () => Promise<Result<Cluster, ApiFailure>>;

/** The one way to the API of a run. Nothing of it is loaded before a part needs it. */
export function clusterOf(options: ClusterOptions): OpenCluster {
  let opened: Promise<Result<Cluster, ApiFailure>> | undefined;
  return async () => (opened ??= open(options));
}

async function open(options: ClusterOptions): Promise<Result<Cluster, ApiFailure>> {
  const { openCluster } = await import("./kubernetes/cluster.ts");
  return openCluster(options);
}
