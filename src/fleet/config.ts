/** What the fleet's commands take; `src/cli` fills it from flags, variables and defaults. */

/** Where the pods are and how to reach them, the same for every command about the fleet. */
export type FleetConfig = {
  /** undefined = all namespaces. */
  readonly namespace: string | undefined;
  /** A label selector of the pods; empty = any pod. */
  readonly selector: string;
  /** The init container; undefined = it is detected. */
  readonly container: string | undefined;
  /** Context of the kubeconfig; undefined = the current one. */
  readonly context: string | undefined;
  /** Its file, and the user to act as; undefined = kubectl's default. */
  readonly kubeconfig: string | undefined;
  readonly as: string | undefined;
  /** Command that reaches the cluster: `kubectl`, `oc`, a path. */
  readonly kubectl: string;
};

export type OutputFormat = "table" | "wide" | "json" | "markdown" | "html";

export type StatusConfig = FleetConfig & {
  /** Output of `kubectl get pods -o json` to read in place of the cluster; `-` = stdin. */
  readonly file: string | undefined;
  readonly output: OutputFormat;
  /** A label selector of the nodes that should have a pod; `all` = every node, undefined = do not ask. */
  readonly nodes: string | undefined;
  readonly watch: boolean;
  /** Ends a watch; 0 = no limit. */
  readonly timeoutMs: number;
  readonly metricsFile: string | undefined;
};

export type PreflightConfig = Pick<FleetConfig, "context" | "kubeconfig" | "as" | "kubectl"> & {
  /** Made if it is missing, and then removed at the end; undefined = one of its own. */
  readonly namespace: string | undefined;
  readonly image: string;
  /** Scripts directory in the image. */
  readonly scripts: string;
  /** The node image that is to be installed; undefined = scripts run without one. */
  readonly nodeImage: string | undefined;
  readonly pullSecret: string | undefined;
  /** Labels of the nodes; `all` = every node. */
  readonly nodes: string;
  readonly output: OutputFormat;
  readonly timeoutMs: number;
  readonly printManifest: boolean;
  /** The user whose rights are to be printed; undefined = a preflight. */
  readonly printRbac: string | undefined;
};

export type LogsConfig = FleetConfig & {
  /** The end of the log of every node that failed, in place of one node's. */
  readonly allFailed: boolean;
};
