/**
 * What is to be done with a database, by what was seen of it. Pure.
 *
 * v1 is upgraded, and v2 marked, only where something proves it; what merely fits is no proof. A
 * marker, a db-old or an earlier node image never speaks for v1. Where nothing proves either, an
 * operator's word counts, and never against a proof.
 */
import type { Format } from "../key-codec.ts";
import type { KeyEvidence } from "../look/key-evidence.ts";
import type { Evidence, Word } from "../look/evidence.ts";
import type { NodeKind } from "../look/node-kind.ts";
import { opposes, proves } from "./weigh.ts";

export type Decision =
  /** The keys matter: the first of them, or all. */
  | { readonly do: "look"; readonly at: "first-keys" | "all-keys" }
  | { readonly do: "nothing"; readonly because: "no-database" | "no-keys" | "is-v2" | "left" }
  | { readonly do: "upgrade"; readonly because: "keys" | Word }
  /** Mark it as v2. */
  | { readonly do: "adopt"; readonly because: "keys" | Word }
  /** Give v1 its lasting name; v2 is in place. */
  | { readonly do: "keep-old" }
  /** Finish two renames. */
  | { readonly do: "put-v2-in-place" }
  /** Undo the first of two renames: v1 is complete. */
  | { readonly do: "put-v1-back" }
  | { readonly do: "warn-v1-left" }
  | { readonly do: "refuse"; readonly why: Why };

export type Why =
  | "link-broken"
  | "not-a-directory"
  /** The database is missing, and another of its names is taken. */
  | "database-missing"
  | "v2-unreadable"
  | "version-unknown"
  | "keys-unreadable"
  | "keys-foreign"
  | "marker-contradicted"
  /** Most keys fit one format, and the others are of volumes without block data. */
  | "blobs-missing"
  | "formats-mixed"
  | "format-unknown";

const V2: Decision = { do: "nothing", because: "is-v2" };
const LEFT: Decision = { do: "nothing", because: "left" };

export function decide(evidence: Evidence): Decision {
  switch (evidence.place) {
    case "broken-link":
      return refuse("link-broken");
    case "not-a-directory":
      return refuse("not-a-directory");
    case "absent":
    case "empty":
      return decideMissing(evidence);
    case "filled":
      return decideFilled(evidence);
  }
}

function decideMissing({ node, change, isBesideOthers }: Evidence): Decision {
  if (change === "between-renames") return BETWEEN_RENAMES[node];
  if (isBesideOthers && node !== "later") return refuse("database-missing");
  return { do: "nothing", because: "no-database" };
}

const BETWEEN_RENAMES: Readonly<Record<NodeKind, Decision>> = {
  "reads-v1": { do: "put-v1-back" },
  "reads-v2": { do: "put-v2-in-place" },
  later: { do: "warn-v1-left" },
  unknown: refuse("version-unknown"),
};

function decideFilled(evidence: Evidence): Decision {
  const { node, change, mark, keys } = evidence;
  if (change === "exchanged") return node === "reads-v2" ? { do: "keep-old" } : decideV2(node);
  if (mark === "exactly") return decideV2(node);
  if (mark === "by-name" && (node === "later" || node === "unknown")) return V2;
  if (keys === undefined) return { do: "look", at: "first-keys" };
  if (keys === "unreadable") return decideUnreadable(evidence);
  if (mark === "by-name" && !proves("v1", keys, evidence.blobs)) return decideV2(node);
  if (mark === "by-name") return refuse("marker-contradicted");
  return decideByKeys(evidence, keys);
}

function decideV2(node: NodeKind): Decision {
  return node === "reads-v1" ? refuse("v2-unreadable") : V2;
}

/** A marked v2 that cannot be read here may be readable for its node, which will report it else. */
function decideUnreadable({ node, mark }: Evidence): Decision {
  if (mark === "by-name") return decideV2(node);
  if (node === "later") return LEFT;
  return refuse(node === "unknown" ? "version-unknown" : "keys-unreadable");
}

function decideByKeys(evidence: Evidence, keys: KeyEvidence): Decision {
  const { node, blobs, word } = evidence;
  if (keys.foreign !== undefined)
    return node === "later" || node === "unknown" ? LEFT : refuse("keys-foreign");
  if (keys.keys === 0) return { do: "nothing", because: "no-keys" };
  if (proves("v1", keys, blobs)) return byFormat("v1", "keys", node);
  if (!keys.isWhole) return { do: "look", at: "all-keys" };
  if (proves("v2", keys, blobs)) return byFormat("v2", "keys", node);
  if (word !== undefined && !opposes(word.format === "v1" ? "v2" : "v1", keys, blobs))
    return byFormat(word.format, word, node);
  if (node === "later") return LEFT;
  return refuse(node === "unknown" ? "version-unknown" : whyUnproved(evidence, keys));
}

function byFormat(format: Format, because: "keys" | Word, node: NodeKind): Decision {
  switch (node) {
    case "reads-v1":
      return format === "v1" ? LEFT : refuse("v2-unreadable");
    case "reads-v2":
      return { do: format === "v1" ? "upgrade" : "adopt", because };
    case "later":
      return format === "v1" ? { do: "warn-v1-left" } : LEFT;
    case "unknown":
      return format === "v1" ? refuse("version-unknown") : LEFT;
  }
}

function whyUnproved({ blobs }: Evidence, keys: KeyEvidence): Why {
  const { onlyV1, onlyV2, both } = keys.fits;
  if (opposes("v1", keys, blobs) && opposes("v2", keys, blobs)) return "formats-mixed";
  const most = Math.max(onlyV1, onlyV2) + both;
  const isWholeFit = most === keys.keys;
  return blobs.length > 0 && !isWholeFit && most * 2 > keys.keys
    ? "blobs-missing"
    : "format-unknown";
}

function refuse(why: Why): Decision {
  return { do: "refuse", why };
}
