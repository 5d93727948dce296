import { expect, test } from "bun:test";
import { type Key, encodeKey } from "../key-codec.ts";
import { keyEvidenceOf } from "../../test/key-evidence.ts";
import { type Decision, decide } from "./decide.ts";
import type { Evidence, Word } from "../look/evidence.ts";
import { type NodeKind, nodeKind } from "../look/node-kind.ts";

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

const INODES = [1001n, 1002n, 1003n];
const volumes = keysOf(INODES, 20, 4096n);
const manyKeys = keysOf(INODES, 400, 4096n);
/** Inodes and offsets, in blocks, are the same small numbers. */
const small = keysOf([1n, 2n, 3n], 4, 1n).filter(({ offset }) => offset > 0n);
const deleted = [...volumes, { inode: 9999n, offset: 8192n }];

/** What each database shows, and its blobs. */
const KEYS = {
  v1: evidenceOf(volumes, "v1", INODES),
  v2: evidenceOf(volumes, "v2", INODES),
  plainV1: evidenceOf(manyKeys, "v1", []),
  plainV2: evidenceOf(manyKeys, "v2", []),
  fewV1: evidenceOf(volumes, "v1", []),
  small: evidenceOf(small, "v1", [1n, 2n, 3n]),
  deletedV1: evidenceOf(deleted, "v1", INODES),
  deletedV2: evidenceOf(deleted, "v2", INODES),
  mixed: {
    blobs: INODES,
    keys: keyEvidenceOf(
      [
        ...volumes.map((key) => encodeKey(key, "v1")),
        ...volumes.map((key) => encodeKey(key, "v2")),
      ],
      INODES,
    ),
  },
  none: evidenceOf([], "v1", INODES),
  foreign: { blobs: INODES, keys: keyEvidenceOf([new Uint8Array(17)], INODES) },
  unreadable: { blobs: INODES, keys: "unreadable" as const },
};

test.each<[string, keyof typeof KEYS, ...string[]]>([
  // the keys · a node that reads v1 · one that reads v2 · a later one · one of unknown version
  ["v1 with blobs", "v1", "left", "upgrade", "warn-v1-left", "version-unknown"],
  ["v2 with blobs", "v2", "v2-unreadable", "adopt", "left", "left"],
  ["plain v1 without blobs", "plainV1", "left", "upgrade", "warn-v1-left", "version-unknown"],
  ["plain v2 without blobs", "plainV2", "v2-unreadable", "adopt", "left", "left"],
  ["few without blobs", "fewV1", "format-unknown", "format-unknown", "left", "version-unknown"],
  ["small numbers", "small", "format-unknown", "format-unknown", "left", "version-unknown"],
  ["v1 lacking a blob", "deletedV1", "blobs-missing", "blobs-missing", "left", "version-unknown"],
  ["v2 lacking a blob", "deletedV2", "blobs-missing", "blobs-missing", "left", "version-unknown"],
  ["both formats", "mixed", "formats-mixed", "formats-mixed", "left", "version-unknown"],
  ["none", "none", "no-keys", "no-keys", "no-keys", "no-keys"],
  ["of another width", "foreign", "keys-foreign", "keys-foreign", "left", "left"],
  ["unreadable", "unreadable", "keys-unreadable", "keys-unreadable", "left", "version-unknown"],
])("an unmarked database whose keys are %s", (_, name, ...expected) => {
  expect(forEachNode(KEYS[name])).toEqual(expected);
});

const WORD: Record<"v1" | "v2", Word> = {
  v1: { format: "v1", from: "a file" },
  v2: { format: "v2", from: "a file" },
};

test.each<[keyof typeof KEYS, string, string]>([
  // the keys · with the word v1 · with the word v2, for a node that reads v2
  ["v1", "upgrade", "upgrade"],
  ["v2", "adopt", "adopt"],
  ["fewV1", "upgrade", "adopt"],
  ["small", "upgrade", "adopt"],
  ["deletedV1", "upgrade", "blobs-missing"],
  ["deletedV2", "blobs-missing", "adopt"],
  ["mixed", "formats-mixed", "formats-mixed"],
  ["foreign", "keys-foreign", "keys-foreign"],
])("an operator's word on keys that are %s counts only where nothing is proved", (name, v1, v2) => {
  const base = { ...EVIDENCE, ...KEYS[name] };
  expect(nameOf(decide({ ...base, word: WORD.v1 }))).toBe(v1);
  expect(nameOf(decide({ ...base, word: WORD.v2 }))).toBe(v2);
});

test.each<[string, Partial<Evidence>, ...string[]]>([
  ["missing", { place: "absent" }, ...all("no-database")],
  ["empty", { place: "empty" }, ...all("no-database")],
  [
    "missing beside others",
    { place: "absent", isBesideOthers: true },
    "database-missing",
    "database-missing",
    "no-database",
    "database-missing",
  ],
  [
    "empty beside others",
    { place: "empty", isBesideOthers: true },
    "database-missing",
    "database-missing",
    "no-database",
    "database-missing",
  ],
  ["a broken link", { place: "broken-link" }, ...all("link-broken")],
  ["a file", { place: "not-a-directory" }, ...all("not-a-directory")],
  ["not yet read", {}, ...all("look first-keys")],
  ["marked exactly", { mark: "exactly" }, "v2-unreadable", "is-v2", "is-v2", "is-v2"],
  ["marked, changed", { mark: "by-name" }, "look first-keys", "look first-keys", "is-v2", "is-v2"],
  [
    "marked, with keys that are v1",
    { mark: "by-name", ...KEYS.v1 },
    "marker-contradicted",
    "marker-contradicted",
    "is-v2",
    "is-v2",
  ],
  [
    "marked, with keys that fit both",
    { mark: "by-name", ...KEYS.small },
    "v2-unreadable",
    "is-v2",
    "is-v2",
    "is-v2",
  ],
  [
    "marked, unreadable",
    { mark: "by-name", ...KEYS.unreadable },
    "v2-unreadable",
    "is-v2",
    "is-v2",
    "is-v2",
  ],
  ["exchanged", { change: "exchanged" }, "v2-unreadable", "keep-old", "is-v2", "is-v2"],
  [
    "between the renames",
    { place: "absent", change: "between-renames", isBesideOthers: true },
    "put-v1-back",
    "put-v2-in-place",
    "warn-v1-left",
    "version-unknown",
  ],
])("a database that is %s", (_, evidence, ...expected) => {
  expect(forEachNode(evidence)).toEqual(expected);
});

test("all keys are looked at where the first prove nothing", () => {
  const { keys, blobs } = KEYS.small;
  const first = { ...keys, isWhole: false };
  expect(decide({ ...EVIDENCE, keys: first, blobs })).toEqual({ do: "look", at: "all-keys" });
});

const EVIDENCE: Evidence = {
  node: "reads-v2",
  place: "filled",
  change: "none",
  isBesideOthers: false,
  mark: "none",
  keys: undefined,
  blobs: [],
  word: undefined,
};

function forEachNode(evidence: Partial<Evidence>): string[] {
  const kinds = ["reads-v1", "reads-v2", "later", "unknown"] as const;
  return kinds.map((node) => nameOf(decide({ ...EVIDENCE, ...evidence, node })));
}

/** What is done, or why nothing is. */
function nameOf(decision: Decision): string {
  if (decision.do === "refuse") return decision.why;
  if (decision.do === "nothing") return decision.because;
  return decision.do === "look" ? `look ${decision.at}` : decision.do;
}

function all(name: string): string[] {
  return [name, name, name, name];
}

function keysOf(inodes: readonly bigint[], blocks: number, blockSize: bigint): Key[] {
  return inodes.flatMap((inode) =>
    Array.from({ length: blocks }, (_, block) => ({ inode, offset: BigInt(block) * blockSize })),
  );
}

function evidenceOf(keys: readonly Key[], format: "v1" | "v2", blobs: readonly bigint[]) {
  const encoded = keys.map((key) => encodeKey(key, format));
  return { blobs, keys: keyEvidenceOf(encoded, blobs) };
}
