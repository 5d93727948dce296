import type { Format } from "../key-codec.ts";
import type { KeyEvidence } from "./key-evidence.ts";
import type { Place } from "./place.ts";
import type { NodeKind } from "./node-kind.ts";

/** An operator's word on the format of one database, and where it was found. */
export type Word = { readonly format: Format; readonly from: string };

/** What was seen of one database. All but the keys is in a few small files. */
export type Evidence = {
  readonly node: NodeKind;
  readonly place: Place;
  /** How far a change of places came, by the marker that was written before it. */
  readonly change:
    | "none"
    /** v2 is in place, v1 has the name `-new` still. */
    | "exchanged"
    /** v1 has been renamed to `-old`, v2 has the name `-new` still, nothing is in place. */
    | "between-renames";
  /** Whether anything is under the name `-new` or `-old`. */
  readonly isBesideOthers: boolean;
  /**
   * Whether the marker holds for the database: for the very state it is in, or by its name, which its
   * files may have got from another.
   */
  readonly mark: "none" | "by-name" | "exactly";
  /** Undefined while they were not looked at. */
  readonly keys: KeyEvidence | "unreadable" | undefined;
  /** The inodes with a blob, in ascending order. */
  readonly blobs: readonly bigint[];
  readonly word: Word | undefined;
};
