/**
 * What is not known to be prepared is not prepared: one truth over a fleet, whoever else is in the
 * cluster, and whatever kubelet and the API server leave out.
 */
import { describe, expect, test } from "bun:test";
import { CRASH_LOOP, terminated } from "../../bench/pod-list.ts";
import { edited, ended, failedWith, message, owned } from "./edited-pods.ts";
import { tell, writePods } from "./fleet-file.ts";
import { failed, passed } from "./nodes.ts";

type Case = {
  readonly pods: readonly unknown[];
  readonly args?: readonly string[];
  readonly says: string;
  readonly status: number;
  /** What else the table has to show. */
  readonly shows?: readonly (string | RegExp)[];
};

const CASES: Readonly<Record<string, Case>> = {
  "1: a tenant's pod with the labels and a passed message is no DaemonSet's": {
    pods: [
      failed(1, "no disk"),
      edited(passed(1), ({ metadata }) => {
        metadata.namespace = "tenant";
        metadata.name = "mine";
        delete metadata.ownerReferences;
        metadata["creationTimestamp"] = "2026-11-23T00:00:00Z";
      }),
    ],
    says: "0 of 1 node prepared, 1 not: 1 cause",
    status: 1,
    shows: ["pods that no DaemonSet owns, left out: 1"],
  },
  "1: two DaemonSets of one namespace, one of them crash-looping": {
    pods: [owned(failed(1, "no disk"), "a"), owned(passed(1), "b")],
    says: "0 of 1 node prepared, 1 not: 1 cause",
    status: 1,
  },
  "1: two namespaces are two sections, and the first line names them": {
    pods: [owned(passed(1), "a", "one"), owned(failed(1, "no disk"), "a", "two")],
    says: "2 namespaces, 1 not prepared; two: 0 of 1 node prepared, 1 not: 1 cause; one: 1 of 1 node prepared",
    status: 1,
  },
  "2: -n holds for a file": {
    pods: [owned(passed(1), "a", "one"), owned(failed(2, "no disk"), "a", "two")],
    args: ["-n", "one"],
    says: "1 of 1 node prepared",
    status: 0,
  },
  "2: so do labels, also those by default": {
    pods: [
      passed(1),
      edited(failed(2, "no disk"), ({ metadata }) => (metadata["labels"] = { app: "other" })),
    ],
    says: "1 of 1 node prepared",
    status: 0,
  },
  "3: a pod that is being deleted has prepared nothing": {
    pods: [
      edited(passed(1), ({ metadata }) => (metadata["deletionTimestamp"] = "2026-11-23T00:00:00Z")),
    ],
    says: "0 of 1 node prepared, 1 not: 1 not started",
    status: 1,
    shows: ["is being deleted"],
  },
  "4: two init containers of one pod both count": {
    pods: [
      edited(passed(1), ({ status, spec }) => {
        const [first] = status.initContainerStatuses;
        const second = { ...first, name: "other-init", state: CRASH_LOOP, restartCount: 4 };
        const lastState = terminated(
          1,
          `10-x: no disk. Attach one\n${message.split("\n")[1]?.replaceAll("passed", "failed") ?? ""}`,
        );
        status.initContainerStatuses = [first ?? {}, { ...second, lastState }];
        const [container] = spec["initContainers"] as { name: string }[];
        spec["initContainers"] = [container, { ...container, name: "other-init" }];
        status.phase = "Pending";
        status.conditions = [{ type: "Initialized", status: "False" }];
      }),
    ],
    says: "0 of 1 node prepared, 1 not: 1 cause",
    status: 1,
    shows: ["no disk"],
  },
  "6: OOMKilled with exit status 0": {
    pods: [ended(passed(1), { exitCode: 0, reason: "OOMKilled", message })],
    says: "0 of 1 node prepared, 1 not: 1 cause",
    status: 1,
    shows: [/memory/],
  },
  "6: an exit status that is a string": {
    pods: [ended(passed(1), { exitCode: "0", reason: "Completed", message })],
    says: "0 of 1 node prepared, 1 not: 1 unknown",
    status: 1,
  },
  "6: no exit status": {
    pods: [ended(passed(1), { reason: "Completed", message })],
    says: "0 of 1 node prepared, 1 not: 1 unknown",
    status: 1,
  },
  "6: exit status -1": {
    pods: [ended(passed(1), { exitCode: -1, reason: "Completed", message })],
    says: "0 of 1 node prepared, 1 not: 1 unknown",
    status: 1,
  },
  "6: exit status 0, and a message that says failed": {
    pods: [
      ended(passed(1), {
        exitCode: 0,
        reason: "Completed",
        message: message.replaceAll('"outcome":"passed"', '"outcome":"failed"'),
      }),
    ],
    says: "0 of 1 node prepared, 1 not: 1 cause",
    status: 1,
  },
  "6: the init container ended well, and the pod is not initialized": {
    pods: [
      edited(passed(1), ({ status }) => {
        status.phase = "Pending";
        status.conditions = [{ type: "Initialized", status: "False" }];
      }),
    ],
    says: "0 of 1 node prepared, 1 not: 1 unknown",
    status: 1,
  },
  "6: a pod of which nothing is known": {
    pods: [edited(passed(1), ({ status }) => (status.phase = "Unknown"))],
    says: "0 of 1 node prepared, 1 not: 1 unknown",
    status: 1,
  },
  "8: a message that kubelet has cut": {
    pods: [failedWith(`01-a: no disk. Attach one\n{"v":1,"outcome":"failed","script":"01-a","sta`)],
    says: "0 of 1 node prepared, 1 not: 1 cause",
    status: 1,
    shows: ["no disk"],
  },
  "8: a message of a newer version": {
    pods: [
      ended(passed(1), {
        exitCode: 0,
        reason: "Completed",
        message: message.replace('{"v":1', '{"v":2'),
      }),
    ],
    says: "0 of 1 node prepared, 1 not: 1 unknown",
    status: 1,
    shows: [/newer/],
  },
  "a node that only a reboot can help is called so": {
    pods: [
      failedWith(
        `01-lio: the kernel was updated. Reboot the node\n{"v":1,"outcome":"failed","script":"01-lio","code":"KernelNotRebooted","counts":{"failed":1},"init":"3.0.0","scripts":[]}`,
      ),
      failed(2, "no disk"),
    ],
    says: "0 of 2 nodes prepared, 2 not: 2 causes",
    status: 1,
    shows: ["only a reboot can help, another attempt cannot (1 node: node-1)"],
  },
  "8: unknown fields are ignored": {
    pods: [
      ended(passed(1), {
        exitCode: 0,
        reason: "Completed",
        message: message.replace('{"v":1', '{"v":1,"colour":"red"'),
      }),
    ],
    says: "1 of 1 node prepared",
    status: 0,
  },
  "9: an init container of another program before ours crash-loops": {
    pods: [
      edited(passed(1), ({ status, spec }) => {
        const [ours] = status.initContainerStatuses;
        const waits = { ...ours, state: { waiting: { reason: "PodInitializing" } }, lastState: {} };
        const other = {
          name: "wait-dns",
          restartCount: 7,
          state: CRASH_LOOP,
          lastState: terminated(9, ""),
        };
        status.initContainerStatuses = [other, waits];
        const [container] = spec["initContainers"] as { name: string }[];
        spec["initContainers"] = [{ name: "wait-dns" }, container];
        status.phase = "Pending";
        status.conditions = [{ type: "Initialized", status: "False" }];
      }),
    ],
    says: "0 of 1 node prepared, 1 not: 1 not started",
    status: 1,
    shows: ["node-1", "wait-dns", /exit status 9/, /describe pod/],
  },
  "12: causes that differ in meaning stay two, in a device's letter one": {
    pods: [
      failed(1, "port 5701 is used by etcd"),
      failed(2, "port 2379 is used by nginx"),
      failed(3, "cannot open /dev/sda"),
      failed(4, "cannot open /dev/sdb"),
    ],
    says: "0 of 4 nodes prepared, 4 not: 3 causes",
    status: 1,
  },
};

describe.concurrent("the verdict", () => {
  for (const [name, { pods, args = [], says, status, shows = [] }] of Object.entries(CASES)) {
    test(name, async () => {
      const told = await tell(writePods(pods), ...args);
      expect(told.stdout.split("\n")[0]).toBe(says);
      expect(told.status).toBe(status);
      for (const text of shows) expect(told.stdout).toMatch(text);
    });
  }
});
