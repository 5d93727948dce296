import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { SEE_LOG } from "../../lib/failure/topics/scripts.ts";
import { buildEvent, type PodEvent } from "./event.ts";

const pod = {
  namespace: "storage",
  name: "node-x7k2p",
  uid: "f9e47119-1153-4435-838e-f3f6e9181238",
  node: "worker-1",
  container: "my-init",
};
const failed: PodEvent = {
  reason: "ScriptFailed",
  script: "01-lio",
  text: { cause: "exit status 3", fix: "Reboot", output: "" },
};
const at = new Date("2026-01-02T03:04:05.678Z");
const nameOf = (...args: Parameters<typeof buildEvent>): string =>
  buildEvent(...args).metadata.name ?? "";

describe("an event", () => {
  test("is a core/v1 Event of the pod", () => {
    expect(buildEvent(pod, failed, at)).toEqual({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: "node-x7k2p.377995b134554b7b", namespace: "storage" },
      involvedObject: {
        apiVersion: "v1",
        kind: "Pod",
        namespace: "storage",
        name: "node-x7k2p",
        uid: "f9e47119-1153-4435-838e-f3f6e9181238",
        fieldPath: "spec.initContainers{my-init}",
      },
      type: "Warning",
      reason: "ScriptFailed",
      message: "01-lio: exit status 3. Reboot.",
      count: 1,
      firstTimestamp: "2026-01-02T03:04:05Z",
      lastTimestamp: "2026-01-02T03:04:05Z",
      source: { component: "storageos-init", host: "worker-1" },
      reportingComponent: "storageos-init",
      reportingInstance: "node-x7k2p",
    });
  });

  test("of a prepared node is no warning", () => {
    expect(buildEvent(pod, { ...failed, reason: "NodePrepared" }, at).type).toBe("Normal");
  });

  test("has the command that shows the log of this pod", () => {
    const text = { ...failed.text, fix: SEE_LOG };
    expect(buildEvent(pod, { ...failed, text }, at).message).toBe(
      "01-lio: exit status 3. See the whole output: kubectl -n storage logs node-x7k2p -c my-init (--previous if it was restarted).",
    );
  });

  test("leaves out what is not known", () => {
    const event = buildEvent({ ...pod, node: undefined, container: undefined }, failed, at);
    expect(event.involvedObject).not.toHaveProperty("fieldPath");
    expect(event.source).toEqual({ component: "storageos-init" });
  });
});

describe("an event's name", () => {
  test("is the same whatever the text and the time", () => {
    const other = { ...failed, text: { cause: "signal SIGSEGV", fix: "", output: "x" } };
    expect(nameOf(pod, other, new Date())).toBe(nameOf(pod, failed, at));
  });

  test("is another for another pod, script or reason", () => {
    const names = [
      nameOf(pod, failed, at),
      nameOf({ ...pod, uid: "another" }, failed, at),
      nameOf(pod, { ...failed, script: "02-limits" }, at),
      nameOf(pod, { ...failed, reason: "ScriptWarning" }, at),
      nameOf(pod, { ...failed, script: undefined }, at),
    ];
    expect(new Set(names).size).toBe(names.length);
  });

  test("is a DNS subdomain, whatever the pod and the script are called", () => {
    const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
    const podName = fc
      .array(label, { minLength: 1, maxLength: 20 })
      .map((labels) => labels.join(".").slice(0, 253));
    fc.assert(
      fc.property(podName, fc.string(), (name, script) => {
        fc.pre(/[a-z0-9]$/.test(name));
        const event = nameOf({ ...pod, name }, { ...failed, script }, at);
        expect(event.length).toBeLessThanOrEqual(253);
        expect(event).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
      }),
    );
  });
});
