import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { compareInodeWords, decodeKey, encodeKey, inodeOfWords, inodeWords } from "./key-codec.ts";

const u64 = fc.bigInt(0n, 2n ** 64n - 1n);
const key = fc.record({ inode: u64, offset: u64 });

test("v1 is offset then inode, v2 inode then offset, big-endian", () => {
  const one = { inode: 0x0102n, offset: 0xa0b0c0n };
  expect(encodeKey(one, "v1").toHex()).toBe("0000000000a0b0c00000000000000102");
  expect(encodeKey(one, "v2").toHex()).toBe("00000000000001020000000000a0b0c0");
});

test("what is encoded decodes to the same", () => {
  fc.assert(
    fc.property(key, fc.constantFrom("v1", "v2"), (one, format) => {
      expect(decodeKey(encodeKey(one, format), format)).toEqual(one);
    }),
  );
});

test("v2 keys order as (inode, offset)", () => {
  fc.assert(
    fc.property(key, key, (a, b) => {
      const order = a.inode === b.inode ? compare(a.offset, b.offset) : compare(a.inode, b.inode);
      expect(Buffer.compare(encodeKey(a, "v2"), encodeKey(b, "v2"))).toBe(order);
    }),
  );
});

test("inodes as words of a key order as inodes, and give them back", () => {
  fc.assert(
    fc.property(u64, u64, (a, b) => {
      const [one, other] = [inodeWords(a), inodeWords(b)];
      expect(inodeOfWords(one.high, one.low)).toBe(a);
      const order = compareInodeWords(one.high, one.low, other.high, other.low);
      expect(Math.sign(order)).toBe(compare(a, b));
      const words = new Int32Array(encodeKey({ inode: a, offset: 0n }, "v2").slice().buffer);
      expect([one.high, one.low]).toEqual([...words.subarray(0, 2)]);
    }),
  );
});

test("a key of another width is none", () => {
  expect(decodeKey(new Uint8Array(15), "v1")).toBeUndefined();
  expect(decodeKey(new Uint8Array(17), "v2")).toBeUndefined();
});

function compare(a: bigint, b: bigint): -1 | 0 | 1 {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
