import { needsReboot } from "../lib/failure/reboot.ts";
import { isOlder, parseVersion } from "../lib/text/semver.ts";
import { groupBy } from "./group.ts";
import type { NodeStatus } from "./node-status.ts";

/** What is no failure but should be known, and the nodes that it is about. */
export type Remark = { readonly what: string; readonly nodes: readonly string[] };

/** @param daemonSets of which every one has to prepare a node */
export function remarksOf(
  nodes: readonly NodeStatus[],
  daemonSets: readonly string[],
): readonly Remark[] {
  const [, ...otherImages] = groupBy(nodes, ({ nodeImage }) => nodeImage);
  return [
    ...remarkOnReboots(nodes),
    ...groupBy(nodes, ({ runsOtherImage, nodeImage }) =>
      runsOtherImage ? nodeImage : undefined,
    ).map(({ value, nodes: those }) => ({
      what: `prepared for ${value}, which is not what the pod runs`,
      nodes: those,
    })),
    ...otherImages.map(({ value, nodes: those }) => ({
      what: `prepared with another node image than most: ${value}`,
      nodes: those,
    })),
    ...remarksOnVersions(nodes),
    ...(daemonSets.length < 2
      ? []
      : [
          {
            what: `a node counts as prepared only if each of these DaemonSets has prepared it: ${daemonSets.join(", ")}`,
            nodes: [],
          },
        ]),
  ];
}

/** Whoever waits for these nodes waits in vain. */
function remarkOnReboots(nodes: readonly NodeStatus[]): readonly Remark[] {
  const those = nodes.filter(({ findings }) => findings.some(({ code }) => needsReboot(code)));
  const names = those.map(({ node }) => node);
  const what = "only a reboot can help, another attempt cannot";
  return those.length === 0 ? [] : [{ what, nodes: names }];
}

export function remarksOnPods(ownerless: number, otherPods: number): readonly Remark[] {
  return [
    ...(ownerless === 0
      ? []
      : [{ what: `pods that no DaemonSet owns, left out: ${ownerless}`, nodes: [] }]),
    ...(otherPods === 0
      ? []
      : [{ what: `pods without the init container, left out: ${otherPods}`, nodes: [] }]),
  ];
}

function remarksOnVersions(nodes: readonly NodeStatus[]): readonly Remark[] {
  const versions = groupBy(nodes, ({ initVersion }) => initVersion);
  const newest = versions.map(({ value }) => value).reduce<string | undefined>(newerOf, undefined);
  const silent = nodes.filter(({ isSilent }) => isSilent).map(({ node }) => node);
  return [
    ...versions
      .filter(({ value }) => value !== newest)
      .map(({ value, nodes: those }) => ({
        what: `init ${value}, while others have ${newest}`,
        nodes: those,
      })),
    ...(silent.length === 0
      ? []
      : [
          {
            what: "no termination message of init: it is older than 3.0, or ended before it wrote one",
            nodes: silent,
          },
        ]),
  ];
}

function newerOf(newest: string | undefined, version: string): string | undefined {
  const parsed = parseVersion(version);
  if (parsed === undefined) return newest;
  return newest === undefined || isOlder(newest, parsed) ? version : newest;
}
