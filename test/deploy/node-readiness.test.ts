/**
 * The example rules against what the CRD of Node Readiness Controller v0.5.0 asks for
 * (nodereadinessrules.readiness.node.x-k8s.io, v1alpha1); both were also created on an API server
 * that had that CRD.
 */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { DaemonSet, DaemonSetSpec } from "kubernetes-types/apps/v1";
import type { Taint, Toleration } from "kubernetes-types/core/v1";
import OPERATOR from "../cluster/operator-2.4.2.json" with { type: "json" };

const ROOT = resolve(import.meta.dir, "../..");
const EXAMPLES = join(ROOT, "examples/node-readiness");
const CONDITION = "storageos.com/NodePrepared";

type Rule = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: {
    readonly conditions: readonly object[];
    readonly taint: Taint;
    readonly enforcementMode: string;
    readonly nodeSelector: object;
  };
};

function ruleOf(name: string): Rule {
  return Bun.YAML.parse(readFileSync(join(EXAMPLES, `${name}.yaml`), "utf8")) as Rule;
}

/** As the scheduler matches them; an empty effect matches all. */
function tolerates(tolerations: readonly Toleration[], taint: Taint): boolean {
  return tolerations.some(
    ({ key, operator, effect }) =>
      operator === "Exists" &&
      (key === undefined || key === taint.key) &&
      (effect === undefined || effect === taint.effect),
  );
}

test.each(["bootstrap-only", "continuous"])("the rule %s has what the CRD asks for", (mode) => {
  const { apiVersion, kind, spec } = ruleOf(mode);
  expect([apiVersion, kind]).toEqual(["readiness.node.x-k8s.io/v1alpha1", "NodeReadinessRule"]);
  expect(Object.keys(spec).toSorted()).toEqual([
    "conditions",
    "enforcementMode",
    "nodeSelector",
    "taint",
  ]);
  expect(spec.enforcementMode).toBe(mode);
  expect(spec.conditions).toEqual([{ type: CONDITION, requiredStatus: "True" }]);
  expect(spec.taint.key).toMatch(
    /^readiness\.k8s\.io\/[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
  );
  expect(["NoSchedule", "PreferNoSchedule", "NoExecute"]).toContain(spec.taint.effect);
  expect(Object.keys(spec.nodeSelector)).toEqual(["matchLabels"]);
});

test("our DaemonSets tolerate the taint; the operator's needs what the page says", () => {
  const { taint } = ruleOf("continuous").spec;
  for (const profile of ["privileged", "least"]) {
    const manifest = readFileSync(join(ROOT, `deploy/manifests/${profile}.yaml`), "utf8");
    const objects = Bun.YAML.parse(manifest) as (DaemonSet | null)[];
    const daemonSet = objects.find((object) => object?.kind === "DaemonSet");
    expect(tolerates(daemonSet?.spec?.template.spec?.tolerations ?? [], taint)).toBe(true);
  }
  const theirs = OPERATOR.items.find(({ kind }) => kind === "DaemonSet");
  const spec = theirs?.spec as DaemonSetSpec | undefined;
  expect(spec?.template.spec?.tolerations?.length).toBe(7);
  expect(tolerates(spec?.template.spec?.tolerations ?? [], taint)).toBe(false);
  const page = readFileSync(join(EXAMPLES, "README.md"), "utf8");
  expect(page).toContain(`- key: ${taint.key}\n      operator: Exists\n`);
});
