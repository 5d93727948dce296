/** The index of a table: where its data blocks are, in the order of their keys. */
import { type Result, fail, ok } from "../../../../src/lib/result.ts";
import { type Cursor, createCursor } from "./cursor.ts";
import type { Problem } from "./problem.ts";
import { type BlockHandle, readBlock } from "./table-block.ts";
import { endOfEntries } from "./table-entries.ts";
import { type TableFile, readHandle } from "./table-file.ts";
import { BLOCK_TRAILER_BYTES } from "./table-block.ts";
import type { TableProperties } from "./table-properties.ts";

const IN_PARTITIONS = 2;
const WITH_FIRST_KEYS = 3;

/** Throws as read(2) fails. */
export function readIndex(
  table: TableFile,
  properties: TableProperties,
): Result<BlockHandle[], Problem> {
  const top = readIndexBlock(table, table.index, properties);
  if (!top.ok || properties.indexType !== IN_PARTITIONS) return top;
  const all: BlockHandle[] = [];
  for (const part of top.value) {
    const handles = readIndexBlock(table, part, properties);
    if (!handles.ok) return handles;
    all.push(...handles.value);
  }
  return ok(all);
}

function readIndexBlock(
  table: TableFile,
  handle: BlockHandle,
  properties: TableProperties,
): Result<BlockHandle[], Problem> {
  const block = readBlock(table.file, handle, table.format);
  if (!block.ok) return block;
  const handles = handlesIn(block.value, properties);
  if (handles !== undefined) return ok(handles);
  return fail({ kind: "corrupt", file: table.file.name, why: "its index cannot be read" });
}

/**
 * Like other entries, but with a delta index an entry has no size of its value, and the value of one
 * that shares part of its key is how much larger its block is than the one before, which it follows.
 */
function handlesIn(block: Uint8Array, properties: TableProperties): BlockHandle[] | undefined {
  const bounds = endOfEntries(block);
  if (bounds === undefined) return undefined;
  const input = createCursor(block, 0, bounds.end);
  const handles: BlockHandle[] = [];
  while (!input.atEnd()) {
    const [shared, more] = [input.varint(), input.varint()];
    const before = handles.at(-1);
    if (properties.hasDeltaIndex) {
      input.take(more);
      if (shared === 0) handles.push(readHandle(input));
      else if (before === undefined) return undefined;
      else handles.push(following(before, input));
      if (properties.indexType === WITH_FIRST_KEYS) input.string();
    } else {
      const size = input.varint();
      input.take(more);
      handles.push(readHandle(createCursor(input.take(size))));
    }
  }
  return input.overrun() ? undefined : handles;
}

function following(before: BlockHandle, input: Cursor): BlockHandle {
  const zigzag = input.varint();
  const larger = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  return {
    offset: before.offset + before.bytes + BLOCK_TRAILER_BYTES,
    bytes: before.bytes + larger,
  };
}
