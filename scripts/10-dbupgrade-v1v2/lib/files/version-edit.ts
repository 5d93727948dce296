/** One edit in a MANIFEST, as RocksDB's db/version_edit.h and version_edit.cc lay it out. */
import { type Result, fail, ok } from "../../../../src/lib/result.ts";
import { type Cursor, createCursor } from "./cursor.ts";

/** A table file, as the MANIFEST knows it. Keys are internal: the user's key and eight bytes. */
export type TableEntry = {
  readonly number: number;
  readonly level: number;
  readonly bytes: number;
  readonly smallest: Uint8Array;
  readonly largest: Uint8Array;
  /** Sequence numbers of its entries. */
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** Which of the settings db_paths it lies in; 0 is the database's own directory. */
  readonly pathId: number;
};

export type Edit = {
  readonly columnFamily: number;
  readonly addsFamily?: string;
  readonly dropsFamily?: boolean;
  readonly comparator?: string;
  /** Write-ahead logs with lower numbers are no longer needed. */
  readonly logNumber?: number;
  readonly lastSequence?: number;
  readonly added: readonly TableEntry[];
  readonly deleted: readonly number[];
  /** Write-ahead logs that must exist, with how many bytes of them are synced. */
  readonly wals: readonly { readonly number: number; readonly bytes: number }[];
  readonly walsDeletedBefore?: number;
  /** What this program does not understand, by name. */
  readonly unsupported?: string;
};

type Draft = { -readonly [Key in keyof Edit]: Edit[Key] } & {
  added: TableEntry[];
  deleted: number[];
  wals: { number: number; bytes: number }[];
};

/** Tags from 2^13 on hold their length, so that what does not know them can pass over them. */
const SKIPPABLE = 1 << 13;
const TAG = {
  comparator: 1,
  logNumber: 2,
  nextFileNumber: 3,
  lastSequence: 4,
  compactCursor: 5,
  deletedFile: 6,
  newFile: 7,
  prevLogNumber: 9,
  minLogNumberToKeep: 10,
  newFile2: 100,
  newFile3: 102,
  newFile4: 103,
  columnFamily: 200,
  columnFamilyAdd: 201,
  columnFamilyDrop: 202,
  maxColumnFamily: 203,
  inAtomicGroup: 300,
  blobFileAddition: 400,
  blobFileGarbage: 401,
  dbId: SKIPPABLE + 1,
  blobFileAdditionOld: SKIPPABLE + 2,
  blobFileGarbageOld: SKIPPABLE + 3,
  walAdditionOld: SKIPPABLE + 4,
  walDeletionOld: SKIPPABLE + 5,
  fullHistoryTsLow: SKIPPABLE + 6,
  walAddition: SKIPPABLE + 7,
  walDeletion: SKIPPABLE + 8,
} as const;

const NEW_FILE_END = 1;
const NEW_FILE_BLOB = 4;
const NEW_FILE_MUST_KNOW = 1 << 6;
const NEW_FILE_PATH = NEW_FILE_MUST_KNOW + 1;
const WAL_END = 1;
const WAL_SYNCED_BYTES = 2;

/** The error goes on from "its edit". */
export function parseEdit(record: Uint8Array): Result<Edit, string> {
  const input = createCursor(record);
  const edit: Draft = { columnFamily: 0, added: [], deleted: [], wals: [] };
  while (!input.atEnd() && edit.unsupported === undefined) parseField(input, edit);
  return input.overrun() ? fail("is cut short") : ok(edit);
}

function parseField(input: Cursor, edit: Draft): void {
  const tag = input.varint();
  switch (tag) {
    case TAG.comparator:
      edit.comparator = input.text();
      return;
    case TAG.logNumber:
      edit.logNumber = input.varint();
      return;
    case TAG.lastSequence:
      edit.lastSequence = input.varint();
      return;
    case TAG.nextFileNumber:
    case TAG.prevLogNumber:
    case TAG.minLogNumberToKeep:
    case TAG.maxColumnFamily:
    case TAG.inAtomicGroup:
      input.varint();
      return;
    case TAG.compactCursor:
      input.varint();
      input.string();
      return;
    case TAG.deletedFile:
      input.varint();
      edit.deleted.push(input.varint());
      return;
    case TAG.newFile:
    case TAG.newFile2:
    case TAG.newFile3:
    case TAG.newFile4:
      parseTable(input, edit, tag);
      return;
    case TAG.columnFamily:
      edit.columnFamily = input.varint();
      return;
    case TAG.columnFamilyAdd:
      edit.addsFamily = input.text();
      return;
    case TAG.columnFamilyDrop:
      edit.dropsFamily = true;
      return;
    default:
      parseRareField(input, edit, tag);
  }
}

function parseRareField(input: Cursor, edit: Draft, tag: number): void {
  switch (tag) {
    case TAG.blobFileAddition:
    case TAG.blobFileGarbage:
    case TAG.blobFileAdditionOld:
    case TAG.blobFileGarbageOld:
      edit.unsupported = "blob files";
      return;
    case TAG.fullHistoryTsLow:
      edit.unsupported = "user-defined timestamps";
      return;
    case TAG.walAddition:
      parseWal(createCursor(input.string()), edit);
      return;
    case TAG.walAdditionOld:
      parseWal(input, edit);
      return;
    case TAG.walDeletion:
      edit.walsDeletedBefore = createCursor(input.string()).varint();
      return;
    case TAG.walDeletionOld:
      edit.walsDeletedBefore = input.varint();
      return;
    default:
      if (tag < SKIPPABLE) edit.unsupported = `entries of type ${tag} in its MANIFEST`;
      else input.string();
  }
}

function parseTable(input: Cursor, edit: Draft, tag: number): void {
  const level = input.varint();
  const number = input.varint();
  let pathId = tag === TAG.newFile3 ? input.varint() : 0;
  const bytes = input.varint();
  const [smallest, largest] = [input.string().slice(), input.string().slice()];
  const hasSequences = tag !== TAG.newFile;
  const firstSequence = hasSequences ? input.varint() : 0;
  const lastSequence = hasSequences ? input.varint() : 0;
  while (tag === TAG.newFile4 && !input.overrun()) {
    const field = input.varint();
    if (field === NEW_FILE_END) break;
    const value = input.string();
    if (field === NEW_FILE_PATH) pathId = value[0] ?? 0;
    else if (field === NEW_FILE_BLOB) edit.unsupported = "blob files";
    else if ((field & NEW_FILE_MUST_KNOW) !== 0)
      edit.unsupported = `tables with the attribute ${field} in its MANIFEST`;
  }
  edit.added.push({ number, level, bytes, smallest, largest, firstSequence, lastSequence, pathId });
}

function parseWal(input: Cursor, edit: Draft): void {
  const number = input.varint();
  let bytes = 0;
  for (let tag = input.varint(); tag !== WAL_END && !input.overrun(); tag = input.varint()) {
    if (tag !== WAL_SYNCED_BYTES)
      edit.unsupported = `attribute ${tag} of a write-ahead log in its MANIFEST`;
    bytes = input.varint();
  }
  edit.wals.push({ number, bytes });
}
