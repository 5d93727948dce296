import { describe, expect, test } from "bun:test";
import {
  makePod,
  runningMessage,
  terminated,
  terminationMessage,
  type PodOptions,
} from "../../bench/pod-list.ts";
import { tellDocument } from "./fleet-file.ts";
import { failed, passed } from "./nodes.ts";

function words(release: string, node: string): string {
  return `Module uio not found for kernel ${release} on ${node}\nInstall linux-modules-extra-${release}`;
}

function ended(index: number, script: string, status: number): unknown {
  const fields = { v: 1, outcome: "failed", script, init: "3.0.0", scripts: [] };
  const message = `${script}: exit status ${status}\n${JSON.stringify(fields)}`;
  return makePod({ index, state: terminated(status, message) });
}

function preparedBy(index: number, init: string, image: string, runs = image): unknown {
  const end = [{ script: "01-a", verdict: "passed", durationMs: 1 }] as const;
  const state = terminated(0, terminationMessage(end, init, image));
  return makePod({ index, node: `node-${index}`, image: runs, state });
}

describe.concurrent("causes", () => {
  test("that differ in names, numbers or releases fall together, in the words of most", async () => {
    const releases = ["5.4.0-42-generic", "5.4.0-42-generic", "4.18.0-305.el8.x86_64"];
    const pods = releases.map((release, index) => failed(index, words(release, `node-${index}`)));
    const { causes } = await tellDocument([...pods, failed(9, "Module loop not found")]);
    expect(causes.map(({ nodes }) => nodes)).toEqual([["node-0", "node-1", "node-2"], ["node-9"]]);
    expect(causes[0]?.cause).toStartWith("Module uio not found for kernel 5.4.0-42-generic");
    expect(causes[0]?.fix).toBe("Install linux-modules-extra-5.4.0-42-generic");
    expect(causes[0]?.wordings).toBe(2);
  });

  test("of other codes stay apart whatever their words, and of one code fall together", async () => {
    const kinds = 40;
    const pods = Array.from({ length: 5_000 }, (_, index) => {
      const kind = Math.floor(index / 2) % kinds;
      const [code, cause] =
        index % 2 === 0
          ? [`PortTaken${kind}`, `port ${9000 + kind} is taken by process ${index}`]
          : [`SameWords${kind}`, "the node is not ready"];
      return failed(index, JSON.stringify({ code, cause, fix: "Free it", params: {} }));
    });
    const { causes } = await tellDocument(pods);
    expect(causes.map(({ code, groupedBy }) => [code?.replace(/\d+$/, ""), groupedBy])).toEqual(
      expect.arrayContaining([
        ["PortTaken", "code"],
        ["SameWords", "code"],
      ]),
    );
    expect(new Set(causes.map(({ code }) => code)).size).toBe(2 * kinds);
    expect(causes.map(({ nodes }) => nodes.length).toSorted((a, b) => a - b)).toEqual([
      ...Array.from({ length: kinds }, () => 62),
      ...Array.from({ length: kinds }, () => 63),
    ]);
  });

  test("of other scripts, and other exit statuses, stay apart", async () => {
    const { causes } = await tellDocument([ended(1, "a", 1), ended(2, "a", 2), ended(3, "b", 1)]);
    expect(
      causes
        .map(({ script, cause }) => `${script}: ${cause}`)
        .toSorted((a, b) => a.localeCompare(b)),
    ).toEqual(["a: exit status 1", "a: exit status 2", "b: exit status 1"]);
  });

  test("tell how often and since when nodes crash-loop", async () => {
    const { causes } = await tellDocument([failed(1, "a"), failed(2, "a", { restarts: 8 })]);
    expect(causes[0]?.crashLooping).toEqual({
      nodes: 2,
      mostRestarts: 8,
      since: "2026-11-22T02:13:01.000Z",
    });
  });

  const original =
    '2021/03/01 10:00:00 exec: /scripts/10-lio/enable\ninit failed: script "/scripts/10-lio/enable" failed: exit status 1\n';
  const cases: readonly (readonly [string, PodOptions, string])[] = [
    [
      "the original's log, from FallbackToLogsOnError",
      { index: 1, state: terminated(1, original) },
      "failed: /scripts/10-lio/enable: exit status 1",
    ],
    [
      "another program's log with a secret",
      { index: 1, state: terminated(1, "cannot log in: password=hunter2\n") },
      "failed: : exit status 1: cannot log in: password=[redacted]",
    ],
    [
      "no message",
      { index: 1, state: terminated(1, "") },
      "failed: : exit status 1, no reason given",
    ],
    [
      "killed for its memory",
      { index: 1, state: terminated(137, runningMessage("01-a"), "OOMKilled") },
      "failed: 01-a: out of memory (OOMKilled)",
    ],
    [
      "killed by something else",
      { index: 1, state: terminated(137, runningMessage("01-a")) },
      "failed: 01-a: the container ended while it ran",
    ],
    [
      "an image that cannot be pulled",
      { index: 1, state: { waiting: { reason: "ErrImagePull", message: "not found" } } },
      "not-started: : init container storageos-init has not started: ErrImagePull: not found",
    ],
    [
      "running again after a failure",
      {
        index: 1,
        restarts: 1,
        state: { running: { startedAt: "2026-11-22T02:14:00Z" } },
        lastState: terminated(
          1,
          '01-a: no\n{"v":1,"outcome":"failed","script":"01-a","scripts":[]}',
        ),
      },
      "failed: 01-a: no",
    ],
  ];
  for (const [name, options, expected] of cases) {
    test(name, async () => {
      const { nodes } = await tellDocument([makePod(options)]);
      expect(nodes.map(({ state, script, cause }) => `${state}: ${script}: ${cause}`)).toEqual([
        expected,
      ]);
    });
  }
});

describe.concurrent("remarks and figures", () => {
  test("tell of other node images and older versions of init", async () => {
    const { remarks } = await tellDocument([
      preparedBy(1, "3.1.0", "node:v2.4.4"),
      preparedBy(2, "3.1.0", "node:v2.4.4"),
      preparedBy(3, "3.0.0", "node:v2.4.3"),
      preparedBy(4, "3.1.0", "node:v2.4.4", "node:v2.4.2"),
      makePod({ index: 5, node: "node-5", state: terminated(0, "") }),
    ]);
    expect(remarks.map(({ what, nodes }) => `${what}: ${nodes.join(" ")}`)).toEqual([
      "prepared for node:v2.4.4, which is not what the pod runs: node-4",
      "prepared with another node image than most: node:v2.4.3: node-3",
      "init 3.0.0, while others have 3.1.0: node-3",
      "no termination message of init: it is older than 3.0, or ended before it wrote one: node-5",
    ]);
  });

  test("are of the nearest rank", async () => {
    const pods = Array.from({ length: 100 }, (_, index) => passed(index, index + 1));
    const { figures } = await tellDocument(pods);
    expect(figures.scripts).toMatchObject([{ name: "01-a", median: 50, p95: 95, max: 100 }]);
    expect(figures.slowestNodes[0]).toEqual({ node: "node-99", ms: 100 });
  });
});
