import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PolicyRule } from "kubernetes-types/rbac/v1";
import { failure, lookUp, messageOf, postAll } from "../kubernetes/container.ts";
import { createNamespace, type RealCluster, shippedRules } from "./real-cluster.ts";

const TIMEOUT_MS = 120_000;

let cluster: RealCluster;
beforeAll(() => {
  cluster = createNamespace();
  cluster.setTemplateImage("storageos/node:v9.9.9");
});
beforeEach(() => cluster.removeEvents());
afterAll(() => cluster.remove());

function without(resource: string): PolicyRule[] {
  return shippedRules().filter(({ resources }) => !resources?.includes(resource));
}

function who(): string {
  return `User "system:serviceaccount:${cluster.namespace}:${cluster.serviceAccount}"`;
}

describe("the shipped Role", () => {
  test(
    "allows what is needed and nothing else",
    () => {
      cluster.setRules(shippedRules());
      const needed = [
        "create events",
        "patch events",
        "get pods",
        "list pods",
        `get daemonsets.apps/${cluster.daemonSet}`,
      ];
      const more = ["get events", "list events", "delete events", "watch pods", "create pods"];
      const others = ["get daemonsets.apps", "get daemonsets.apps/other", "list daemonsets.apps"];
      const secrets = ["get", "list", "create", "delete"].map((verb) => `${verb} secrets`);
      const other = [...more, ...others, ...secrets, "get nodes", "get configmaps"];
      const allowed = [...needed, ...other].filter((words) => {
        const [verb = "", resource = ""] = words.split(" ");
        return cluster.may(verb, resource);
      });
      expect(allowed).toEqual(needed);
    },
    TIMEOUT_MS,
  );
});

describe("without the rule for", () => {
  test(
    "events, one line says which rule is missing",
    async () => {
      cluster.setRules(without("events"));
      expect((await lookUp(cluster)).found).toMatchObject({ ok: true });
      const log = await postAll(cluster, [failure, { ...failure, script: "02-limits" }]);
      expect(log.length).toBe(1);
      expect(log[0]).toContain(
        `events is forbidden: ${who()} cannot create resource "events" in API group "" in the namespace "${cluster.namespace}"`,
      );
      expect(log[0]).toEndWith(
        `. Allow the pod's ServiceAccount "create" and "patch" on events in a Role in namespace ${cluster.namespace} (deploy/rbac.yaml), or pass --events=off`,
      );
      expect(cluster.events()).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    "patching events, the first failure is told and the second says why not",
    async () => {
      const create = { apiGroups: [""], resources: ["events"], verbs: ["create"] };
      cluster.setRules([...without("events"), create]);
      expect(await postAll(cluster, [failure])).toEqual([]);
      const log = await postAll(cluster, [failure]);
      expect(log.length).toBe(1);
      expect(log[0]).toContain(`${who()} cannot patch resource "events"`);
      expect(cluster.events().map(({ count }) => count)).toEqual([1]);
    },
    TIMEOUT_MS,
  );

  test(
    "pods, the image is the template's, and the reason is said",
    async () => {
      cluster.setRules(without("pods"));
      const { found, log } = await lookUp(cluster);
      expect(found).toMatchObject({ ok: true, value: { image: "storageos/node:v9.9.9" } });
      expect(log.length).toBe(1);
      expect(log[0]).toContain(
        `which may be newer than this pod: GET https://${cluster.access.env["KUBERNETES_SERVICE_HOST"]}`,
      );
      expect(log[0]).toContain(`${who()} cannot get resource "pods"`);
    },
    TIMEOUT_MS,
  );

  test(
    "daemonsets, the image is this pod's and nothing is said",
    async () => {
      cluster.setRules(without("daemonsets"));
      expect(await lookUp(cluster)).toMatchObject({
        found: { ok: true, value: { image: cluster.pod.image } },
        log: [],
      });
    },
    TIMEOUT_MS,
  );

  test(
    "pods and daemonsets, the failure names what to allow",
    async () => {
      cluster.setRules(shippedRules().filter(({ resources }) => resources?.includes("events")));
      const { found } = await lookUp(cluster);
      expect(found).toMatchObject({ ok: false, error: { isDecided: true } });
      const message = found.ok ? "" : messageOf(found.error);
      expect(message).toContain(`${who()} cannot get resource "daemonsets" in API group "apps"`);
      expect(message).toContain(`${who()} cannot get resource "pods" in API group ""`);
      expect(message).toEndWith(
        `. Allow the pod's ServiceAccount "get" on pods, or on daemonsets with the resource name ${cluster.daemonSet}, in a Role in namespace ${cluster.namespace} (deploy/rbac.yaml), or give the image with -nodeImage or NODE_IMAGE (ApiForbidden)`,
      );
    },
    TIMEOUT_MS,
  );

  test(
    "this DaemonSet's name, the failure names it",
    async () => {
      cluster.setRules(without("pods"));
      const { found } = await lookUp(cluster, { dsName: "other" });
      expect(found.ok ? "" : messageOf(found.error)).toContain("with the resource name other");
    },
    TIMEOUT_MS,
  );
});

test(
  "a DaemonSet that is not there is told as that",
  async () => {
    cluster.setRules([{ apiGroups: ["apps"], resources: ["daemonsets"], verbs: ["get"] }]);
    const { found } = await lookUp(cluster, { dsName: "other" });
    const message = found.ok ? "" : messageOf(found.error);
    expect(message).toContain('404 NotFound: daemonsets.apps "other" not found');
    expect(message).toContain("Name this pod's DaemonSet with -dsName and -dsNamespace");
  },
  TIMEOUT_MS,
);

test(
  "a token that the server does not know is told as that",
  async () => {
    const serviceAccountDir = mkdtempSync(join(tmpdir(), "bad-token-"));
    cpSync(cluster.access.serviceAccountDir, serviceAccountDir, { recursive: true });
    writeFileSync(join(serviceAccountDir, "token"), "not-a-token");
    const { found } = await lookUp(cluster, { serviceAccountDir });
    rmSync(serviceAccountDir, { recursive: true });
    const message = found.ok ? "" : messageOf(found.error);
    expect(message).toContain("401 Unauthorized");
    expect(message).toContain("The ServiceAccount's token is not valid");
  },
  TIMEOUT_MS,
);
