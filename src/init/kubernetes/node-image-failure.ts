/** The wording of every way in which the node image cannot be looked up, each with what to do. */
import {
  adviceFor,
  type ApiFailure,
  describeFailure,
  hasStatus,
  isUnreachable,
} from "./failure.ts";

export type LookUpFailure = {
  /** `unreachable`: no API server decided anything; `refused`: a definite answer or a wrong setting. */
  readonly kind: "unreachable" | "refused";
  readonly message: string;
};

/** A DaemonSet or pod as people write it: `DaemonSet kube-system/storageos-daemonset`. */
export type Target = { readonly kind: string; readonly namespace: string; readonly name: string };

export function nameOf({ kind, namespace, name }: Target): string {
  return `${kind} ${namespace}/${name}`;
}

export function unusableImage(source: string, what: string): LookUpFailure {
  const message = `cannot use the node image that ${source} gives: ${what}. Correct it`;
  return { kind: "refused", message };
}

export function noCredentials(failure: ApiFailure): LookUpFailure {
  return lookUpFailure("refused", describeFailure(failure), adviceFor(failure, ""));
}

export function noSuchContainer(
  target: Target,
  container: string,
  present: readonly string[],
): LookUpFailure {
  const what = `${nameOf(target)} has no container "${container}", only ${present.map((name) => `"${name}"`).join(", ")}`;
  return lookUpFailure("refused", what, "Name the node container with --container");
}

/** `podProblem` is why this pod's own spec, which comes first, did not do. */
export function templateNotRead(
  template: Target,
  failure: ApiFailure,
  podProblem: string,
): LookUpFailure {
  const what = `${describeFailure(failure)} (and not from this pod's own spec: ${podProblem})`;
  if (hasStatus(failure, 404)) {
    const fix = "Name this pod's DaemonSet with -dsName and -dsNamespace";
    return lookUpFailure("refused", what, fix);
  }
  const { name, namespace } = template;
  const rule = `Allow the pod's ServiceAccount "get" on pods, or on daemonsets with the resource name ${name}, in a Role in namespace ${namespace} (deploy/rbac.yaml)`;
  const kind = isUnreachable(failure) ? "unreachable" : "refused";
  return lookUpFailure(kind, what, adviceFor(failure, rule));
}

export function apiNotReached(failure: ApiFailure): LookUpFailure {
  return lookUpFailure("unreachable", describeFailure(failure), adviceFor(failure, ""));
}

function lookUpFailure(kind: LookUpFailure["kind"], what: string, fix: string): LookUpFailure {
  const message = `cannot look up the node image: ${what}. ${fix}, or give the image with -nodeImage or NODE_IMAGE`;
  return { kind, message };
}
