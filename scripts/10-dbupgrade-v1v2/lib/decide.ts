/** What is to be done with a database: by the node's version and by what lies there. Pure. */
import type { Situation } from "./marker.ts";

/** Which databases a node image reads: v1 below 1.4.0, v2 from 1.4.0, another layout from 2.0.0. */
export type NodeKind = "reads-v1" | "reads-v2" | "later" | "unknown";

/** A pre-release counts as its release: 1.4.0-rc.1 writes v2 as 1.4.0 does. */
export function nodeKind(version: string | undefined): NodeKind {
  const [, major, minor] = /^(\d+)\.(\d+)\.\d+/.exec(version ?? "") ?? [];
  if (major === undefined || minor === undefined) return "unknown";
  if (Number(major) >= 2) return "later";
  return Number(major) === 1 && Number(minor) >= 4 ? "reads-v2" : "reads-v1";
}

export type State =
  | "absent"
  /** No marker names it: v1, or made by a node as v2; its keys tell. */
  | "unmarked"
  | "v2"
  /** v2 is in place, v1 lies under the name `-new` still. */
  | "exchanged"
  /** v1 has been renamed to `-old`, v2 lies under the name `-new` still, nothing in place. */
  | "between-renames";

export function stateOf({ marker, current, next, old }: Situation): State {
  const { identity, upgradedFrom } = marker ?? {};
  if (current === undefined) {
    const cutOff = identity !== undefined && next === identity && old === upgradedFrom;
    return cutOff ? "between-renames" : "absent";
  }
  if (identity === undefined || current !== identity) return "unmarked";
  const tidy = next === undefined || next !== upgradedFrom || old !== undefined;
  return tidy ? "v2" : "exchanged";
}

/** What the first keys of a database show; see format-probe.ts. */
export type Shown = "v1" | "v2" | "empty" | "foreign" | "unreadable";

export type Action =
  | "nothing"
  | "upgrade"
  /** Give v1 its lasting name; v2 is in place. */
  | "keep-old"
  /** Finish two renames. */
  | "put-v2-in-place"
  /** Undo the first of two renames: v1 is complete. */
  | "put-v1-back"
  | "say-v2-unreadable"
  | "say-version-unknown"
  | "warn-v1-left";

/** `look` is called only where the keys matter. */
export function decide(kind: NodeKind, state: State, look: () => Shown): Action {
  switch (state) {
    case "absent":
      return "nothing";
    case "v2":
      return kind === "reads-v1" ? "say-v2-unreadable" : "nothing";
    case "exchanged":
      if (kind === "reads-v1") return "say-v2-unreadable";
      return kind === "reads-v2" ? "keep-old" : "nothing";
    case "between-renames":
      return CUT_OFF[kind];
    case "unmarked":
      break;
  }
  return kind === "reads-v2" ? "upgrade" : decideUnmarked(kind, look());
}

const V1_LEFT = {
  "reads-v1": "nothing",
  later: "warn-v1-left",
  unknown: "say-version-unknown",
} as const;

const CUT_OFF = {
  "reads-v1": "put-v1-back",
  "reads-v2": "put-v2-in-place",
  later: "warn-v1-left",
  unknown: "say-version-unknown",
} as const;

function decideUnmarked(kind: Exclude<NodeKind, "reads-v2">, shown: Shown): Action {
  switch (shown) {
    case "empty":
    case "foreign":
      return "nothing";
    case "v2":
      return kind === "reads-v1" ? "say-v2-unreadable" : "nothing";
    case "v1":
      return V1_LEFT[kind];
    case "unreadable":
      break;
  }
  return kind === "unknown" ? "say-version-unknown" : "nothing";
}
