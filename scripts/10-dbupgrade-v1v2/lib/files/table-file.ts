/**
 * A table file (SST) of RocksDB's block-based format: blocks, and at its end a footer with the places
 * of two of them, the index of the data blocks and the index of all others (table/format.cc).
 */
import { type Result, fail, ok } from "../../../../src/lib/result.ts";
import { type Cursor, createCursor } from "./cursor.ts";
import { type OpenFile, readAt, withFile } from "./open-file.ts";
import type { Problem } from "./problem.ts";
import { type BlockFormat, type BlockHandle, readBlock } from "./table-block.ts";
import { eachEntry } from "./table-entries.ts";

export type TableFile = {
  readonly file: OpenFile;
  readonly format: BlockFormat;
  readonly index: BlockHandle;
  /** The other blocks, by name. */
  readonly others: ReadonlyMap<string, BlockHandle>;
};

const FOOTER_BYTES = 53;
const OLD_FOOTER_BYTES = 48;
const NEWEST_VERSION = 5;
const CRC32C = 1;
const NEWEST_CHECKSUM = 4;

/** The last eight bytes, most significant first. */
const MAGIC = "88e241b785f4cff7";
const OLD_MAGIC = "db4775248b80fb57";
const OTHER_MAGIC: Readonly<Record<string, string>> = {
  "8242229663bf9564": "plain tables",
  "4f3418eb7a8f13b8": "plain tables",
  "926789d0c5f17873": "cuckoo tables",
};

/** Opens a table of the size that its MANIFEST gives and runs `use` on it. */
export function withTable<Value>(
  path: string,
  bytes: number,
  use: (table: TableFile) => Result<Value, Problem>,
): Result<Value, Problem> {
  return withFile(path, (file) => {
    if (file.bytes !== bytes) {
      const why = `it has ${file.bytes} bytes instead of ${bytes}`;
      return fail({ kind: "corrupt", file: file.name, why });
    }
    const table = openTable(file);
    return table.ok ? use(table.value) : table;
  });
}

function openTable(file: OpenFile): Result<TableFile, Problem> {
  const size = Math.min(file.bytes, FOOTER_BYTES);
  const footer = Buffer.alloc(size);
  readAt(file, footer, file.bytes - size);
  const magic = Buffer.from(footer.subarray(-8).toReversed()).toString("hex");
  const other = OTHER_MAGIC[magic];
  if (other !== undefined) return fail({ kind: "unsupported", file: file.name, what: other });
  const isOld = magic === OLD_MAGIC;
  if (size < OLD_FOOTER_BYTES || (!isOld && (magic !== MAGIC || size < FOOTER_BYTES)))
    return fail({ kind: "corrupt", file: file.name, why: "does not end like a table" });
  const version = isOld ? 0 : footer.readUInt32LE(FOOTER_BYTES - 12);
  const checksum = isOld ? CRC32C : (footer[0] as number);
  if (version > NEWEST_VERSION || checksum > NEWEST_CHECKSUM) {
    const what = `tables of format ${version} with checksums of type ${checksum}`;
    return fail({ kind: "unsupported", file: file.name, what });
  }
  const places = createCursor(footer.subarray(isOld ? size - OLD_FOOTER_BYTES : 1));
  const format = { version, checksum };
  const [directory, index] = [readHandle(places), readHandle(places)];
  const others = readDirectory(file, directory, format);
  return others.ok ? ok({ file, format, index, others: others.value }) : others;
}

export function readHandle(input: Cursor): BlockHandle {
  const offset = input.varint();
  return { offset, bytes: input.varint() };
}

function readDirectory(
  file: OpenFile,
  handle: BlockHandle,
  format: BlockFormat,
): Result<ReadonlyMap<string, BlockHandle>, Problem> {
  const block = readBlock(file, handle, format);
  if (!block.ok) return block;
  const found = new Map<string, BlockHandle>();
  const sound = eachEntry(block.value, (name, value) => {
    found.set(Buffer.from(name).toString("latin1"), readHandle(createCursor(value)));
  });
  if (sound) return ok(found);
  return fail({ kind: "corrupt", file: file.name, why: "its list of blocks cannot be read" });
}
