/** Which databases a node image reads: v1 below 1.4.0, v2 from 1.4.0, another layout from 2.0.0. */
export type NodeKind = "reads-v1" | "reads-v2" | "later" | "unknown";

/** A pre-release counts as its release: 1.4.0-rc.1 writes v2 as 1.4.0 does. */
export function nodeKind(version: string | undefined): NodeKind {
  const [, major, minor] = /^(\d+)\.(\d+)\.\d+/.exec(version ?? "") ?? [];
  if (major === undefined || minor === undefined) return "unknown";
  if (Number(major) >= 2) return "later";
  return Number(major) === 1 && Number(minor) >= 4 ? "reads-v2" : "reads-v1";
}
