import { expect, test } from "bun:test";
import { type NodeKind, type Shown, decide, nodeKind, stateOf } from "./decide.ts";

test.each<[string | undefined, NodeKind]>([
  ["1.3.9", "reads-v1"],
  ["0.10.0", "reads-v1"],
  ["1.4.0", "reads-v2"],
  ["1.4.0-rc.1", "reads-v2"],
  ["1.10.2+build.5", "reads-v2"],
  ["2.0.0-alpha", "later"],
  ["2.10.0", "later"],
  [undefined, "unknown"],
  ["", "unknown"],
  ["latest", "unknown"],
])("node %s %s", (version, kind) => {
  expect(nodeKind(version)).toBe(kind);
});

const marker = { identity: "two", upgradedFrom: "one", pairs: 1, checksum: "" };
const nothing = { marker: undefined, current: undefined, next: undefined, old: undefined };

test("what lies there says how far an upgrade came", () => {
  expect(stateOf(nothing)).toBe("absent");
  expect(stateOf({ ...nothing, marker, old: "one" })).toBe("absent");
  expect(stateOf({ ...nothing, current: "one" })).toBe("unmarked");
  expect(stateOf({ ...nothing, marker, current: "one", next: "two" })).toBe("unmarked");
  expect(stateOf({ ...nothing, marker, current: "two", next: "one" })).toBe("exchanged");
  expect(stateOf({ ...nothing, marker, current: "two", old: "one" })).toBe("v2");
  expect(stateOf({ ...nothing, marker, current: "two", next: "other" })).toBe("v2");
  expect(stateOf({ ...nothing, marker, next: "two", old: "one" })).toBe("between-renames");
  expect(stateOf({ ...nothing, marker, current: "", next: "two", old: "one" })).toBe("unmarked");
});

test.each<[NodeKind, ...string[]]>([
  ["reads-v1", "nothing", "say-v2-unreadable", "say-v2-unreadable", "put-v1-back"],
  ["reads-v2", "nothing", "nothing", "keep-old", "put-v2-in-place"],
  ["later", "nothing", "nothing", "nothing", "warn-v1-left"],
  ["unknown", "nothing", "nothing", "nothing", "say-version-unknown"],
])("a node that %s, by what lies there", (kind, absent, v2, exchanged, betweenRenames) => {
  const states = ["absent", "v2", "exchanged", "between-renames"] as const;
  expect(states.map((state) => decide(kind, state, mustNotLook) as string)).toEqual([
    absent,
    v2,
    exchanged,
    betweenRenames,
  ] as string[]);
});

test.each<[NodeKind, ...string[]]>([
  ["reads-v1", "nothing", "say-v2-unreadable", "nothing", "nothing", "nothing"],
  ["later", "warn-v1-left", "nothing", "nothing", "nothing", "nothing"],
  ["unknown", "say-version-unknown", "nothing", "nothing", "nothing", "say-version-unknown"],
])("a node that %s, by what the keys show", (kind, ...expected) => {
  const shown: Shown[] = ["v1", "v2", "empty", "foreign", "unreadable"];
  expect(shown.map((one) => decide(kind, "unmarked", () => one) as string)).toEqual(expected);
});

function mustNotLook(): never {
  throw new Error("the keys do not matter here");
}
