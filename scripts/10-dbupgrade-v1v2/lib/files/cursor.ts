/** Reads RocksDB's integers and strings, one after the other, from bytes that may be damaged. */
export type Cursor = {
  /** Beyond 2^53 the lowest bits are lost; such numbers are only compared. */
  readonly varint: () => number;
  readonly fixed32: () => number;
  readonly fixed64: () => number;
  readonly byte: () => number;
  readonly take: (bytes: number) => Uint8Array;
  /** A varint and as many bytes. */
  readonly string: () => Uint8Array;
  readonly text: () => string;
  readonly atEnd: () => boolean;
  /** Whether something ran past the end; what was read since is zero or empty. */
  readonly overrun: () => boolean;
};

const NOTHING = new Uint8Array();
/** Of a 64-bit varint. */
const LONGEST_VARINT = 10;

export function createCursor(bytes: Uint8Array, start = 0, end = bytes.length): Cursor {
  let at = start;
  let overrun = false;

  function byte(): number {
    if (at < end) return bytes[at++] as number;
    overrun = true;
    return 0;
  }
  function little(count: number): number {
    let value = 0;
    for (let index = 0, scale = 1; index < count; index++, scale *= 256) value += byte() * scale;
    return value;
  }
  function varint(): number {
    let value = 0;
    for (let index = 0, scale = 1; index < LONGEST_VARINT; index++, scale *= 128) {
      const next = byte();
      value += (next & 127) * scale;
      if (next < 128) return value;
    }
    overrun = true;
    return 0;
  }
  function take(count: number): Uint8Array {
    if (count > end - at) {
      overrun = true;
      return NOTHING;
    }
    at += count;
    return bytes.subarray(at - count, at);
  }
  const string = () => take(varint());
  return {
    varint,
    byte,
    take,
    string,
    fixed32: () => little(4),
    fixed64: () => little(8),
    text: () => Buffer.from(string()).toString("latin1"),
    atEnd: () => at >= end || overrun,
    overrun: () => overrun,
  };
}
