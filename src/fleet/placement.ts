import type { NodeFacts, Taint } from "./node.ts";
import { lineAt, listAt, objectAt, objectsAt, rawAt, textsAt, type Json } from "./untrusted.ts";
import type { Labels } from "./selector.ts";

/** Where a pod template lets its pods be. */
export type Placement = {
  readonly nodeSelector: Labels;
  /** Terms of which one has to hold; undefined if it has none. */
  readonly affinity: readonly (readonly Requirement[])[] | undefined;
  readonly tolerations: readonly Toleration[];
};

export type Requirement = {
  readonly key: string;
  readonly isField: boolean;
  readonly operator: string;
  readonly values: readonly string[];
};

export type Toleration = {
  readonly key: string | undefined;
  readonly operator: string | undefined;
  readonly value: string | undefined;
  readonly effect: string | undefined;
};

/** Why a DaemonSet has no pod on a node: what its template asks for, or a taint that it does not tolerate. */
export type Obstacle =
  | { readonly kind: "not-selected"; readonly selector: string }
  | { readonly kind: "tainted"; readonly taint: string };

export function readPlacement(podSpec: Json | undefined): Placement {
  const required = objectAt(
    podSpec,
    "affinity",
    "nodeAffinity",
    "requiredDuringSchedulingIgnoredDuringExecution",
  );
  return {
    nodeSelector: textsAt(podSpec, "nodeSelector"),
    affinity: required && objectsAt(required, "nodeSelectorTerms").map(readTerm),
    tolerations: objectsAt(podSpec, "tolerations").map(readToleration),
  };
}

function readTerm(term: Json): readonly Requirement[] {
  const read = (entry: Json, isField: boolean): Requirement => ({
    key: rawAt(entry, "key") ?? "",
    isField,
    operator: rawAt(entry, "operator") ?? "",
    values: listAt(entry, "values").map(String),
  });
  return [
    ...objectsAt(term, "matchExpressions").map((entry) => read(entry, false)),
    ...objectsAt(term, "matchFields").map((entry) => read(entry, true)),
  ];
}

function readToleration(entry: Json): Toleration {
  return {
    key: lineAt(entry, "key"),
    operator: lineAt(entry, "operator"),
    value: rawAt(entry, "value"),
    effect: lineAt(entry, "effect"),
  };
}

/** Taints that the DaemonSet controller lets its pods tolerate (kubernetes.io/docs/concepts/workloads/controllers/daemonset). */
const ALWAYS_TOLERATED: ReadonlySet<string> = new Set(
  [
    "not-ready",
    "unreachable",
    "disk-pressure",
    "memory-pressure",
    "pid-pressure",
    "unschedulable",
    "network-unavailable",
  ].map((name) => `node.kubernetes.io/${name}`),
);

/** What keeps pods of this template off the node; undefined if nothing does. */
export function obstacleOn(node: NodeFacts, placement: Placement): Obstacle | undefined {
  for (const [name, value] of placement.nodeSelector) {
    if (node.labels.get(name) !== value) {
      return { kind: "not-selected", selector: `${name}=${value}` };
    }
  }
  const { affinity } = placement;
  if (affinity !== undefined && !affinity.some((term) => holds(term, node))) {
    return { kind: "not-selected", selector: affinity.map(describeTerm).join(" or ") };
  }
  const taint = node.taints.find((each) => repels(each, placement.tolerations));
  return taint === undefined ? undefined : { kind: "tainted", taint: describeTaint(taint) };
}

/** A term without requirements selects nothing. */
function holds(term: readonly Requirement[], node: NodeFacts): boolean {
  return term.length > 0 && term.every((requirement) => meets(requirement, node));
}

function meets({ key, isField, operator, values }: Requirement, node: NodeFacts): boolean {
  const value = isField ? (key === "metadata.name" ? node.name : undefined) : node.labels.get(key);
  const [bound = ""] = values;
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "Gt":
      return value !== undefined && Number(value) > Number(bound);
    case "Lt":
      return value !== undefined && Number(value) < Number(bound);
    default:
      return false;
  }
}

function describeTerm(term: readonly Requirement[]): string {
  return term
    .map(({ key, operator, values }) =>
      values.length === 0 ? `${key} ${operator}` : `${key} ${operator} (${values.join(",")})`,
    )
    .join(", ");
}

function repels({ key, value, effect }: Taint, tolerations: readonly Toleration[]): boolean {
  if (effect !== "NoSchedule" && effect !== "NoExecute") return false;
  if (ALWAYS_TOLERATED.has(key)) return false;
  return !tolerations.some(
    (toleration) =>
      (toleration.effect === undefined || toleration.effect === effect) &&
      (toleration.operator === "Exists"
        ? toleration.key === undefined || toleration.key === key
        : toleration.key === key && (toleration.value ?? "") === value),
  );
}

function describeTaint({ key, value, effect }: Taint): string {
  return `${key}${value === "" ? "" : `=${value}`}:${effect}`;
}
