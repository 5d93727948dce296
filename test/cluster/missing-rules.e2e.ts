/** Every rule of our Role removed in turn: the verdict stays, the log says what is missing. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Pod } from "kubernetes-types/core/v1";
import type { PolicyRule, Role } from "kubernetes-types/rbac/v1";
import {
  createNamespace,
  hasEnded,
  lastEnd,
  type Namespace,
  noImage,
  script,
} from "./deployment.ts";
import { roleFor } from "./manifests.ts";

describe.skipIf(noImage !== undefined)("without the rule for", () => {
  let namespace: Namespace;
  let rules: readonly PolicyRule[];

  beforeAll(async () => {
    namespace = await createNamespace();
    await namespace.install({ ...named("allowed"), scripts: fails() });
    const role: Role = JSON.parse(
      await namespace.kubectl(["get", "role", "allowed-init", "-o", "json"]),
    );
    rules = role.rules ?? [];
  });
  afterAll(async () => namespace.remove());

  test("nothing, no rule is said to be missing", async () => {
    const { log, end } = await logOf("allowed");
    expect(end).toBe(1);
    expect(log).not.toContain("forbidden");
  }, 300_000);

  test("events, its log says that", async () => {
    const { log, end } = await runWithout("events");
    expect(end).toBe(1);
    // A restart patches the event that the first run could not create.
    expect(log).toMatch(/cannot (?:create|patch) resource "events" in API group ""/);
    expect(log.match(/forbidden/g)?.length).toBe(1);
  }, 300_000);

  test("pods, the node image is the template's, and its log says that", async () => {
    const { log, end } = await runWithout("pods");
    expect(end).toBe(1);
    expect(log).toContain('cannot get resource "pods" in API group ""');
    expect(log).toContain("(from the template of DaemonSet ");
  }, 300_000);

  test("daemonsets, the node image is this pod's own", async () => {
    const { log, end } = await runWithout("daemonsets");
    expect(end).toBe(1);
    expect(log).toContain("(from Pod ");
  }, 300_000);

  async function runWithout(resource: string): Promise<{ log: string; end: number | undefined }> {
    const name = `no-${resource}`;
    const left = rules.filter(({ resources }) => !resources?.includes(resource));
    await namespace.apply(
      ...roleFor(
        name,
        left.map((rule) => (rule.resourceNames ? { ...rule, resourceNames: [name] } : rule)),
      ),
    );
    await namespace.install({ ...named(name), rbac: { create: false }, scripts: fails() });
    return logOf(name);
  }

  async function logOf(name: string): Promise<{ log: string; end: number | undefined }> {
    const pod: Pod = await namespace.pod(hasEnded, `an end in ${name}`, name);
    return { log: await namespace.logs(pod), end: lastEnd(pod)?.exitCode };
  }
});

function fails(): object {
  return { bundled: false, files: { "01-fails": script("echo broken >&2", "exit 1") } };
}

/** NODE_IMAGE empty counts as not set, so that the node image is looked up. */
function named(name: string) {
  const init = { resources: {}, env: [{ name: "NODE_IMAGE", value: "" }] };
  return {
    release: name,
    daemonSet: { name, labels: { app: name } },
    serviceAccount: { name },
    init,
  };
}
