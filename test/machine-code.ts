const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const LOAD_ADDRESS = 0x400000;

const X86_64 = 62;
const S390 = 22;

/** The smallest ELF executables (elf(5)), written byte by byte so that no compiler is needed. */
export const machineCode = {
  /** hlt, which a user's program may not: the kernel sends SIGSEGV. */
  segfault: elf(X86_64, Buffer.from([0xf4])),
  /** exit(0) */
  exit0: elf(X86_64, Buffer.from([0x31, 0xff, 0xb8, 60, 0, 0, 0, 0x0f, 0x05])),
  otherCpu: elf(S390, Buffer.alloc(16)),
  missingLoader: elf(X86_64, Buffer.from([0xf4]), "/lib/no-such-loader.so\0"),
};

function elf(machine: number, code: Buffer, loader = ""): Buffer {
  const programHeaders = loader === "" ? 1 : 2;
  const start = HEADER_BYTES + PROGRAM_HEADER_BYTES * programHeaders;
  const body = Buffer.concat([code, Buffer.from(loader)]);
  const header = Buffer.alloc(HEADER_BYTES);
  // 64 bits, little endian, version 1
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1], 0);
  header.writeUInt16LE(2, 16); // ET_EXEC
  header.writeUInt16LE(machine, 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(BigInt(LOAD_ADDRESS + start), 24);
  header.writeBigUInt64LE(BigInt(HEADER_BYTES), 32);
  header.writeUInt16LE(HEADER_BYTES, 52);
  header.writeUInt16LE(PROGRAM_HEADER_BYTES, 54);
  header.writeUInt16LE(programHeaders, 56);
  const load = programHeader(1, 0, start + body.length); // PT_LOAD
  const interpreter = programHeader(3, start + code.length, loader.length); // PT_INTERP
  return Buffer.concat([header, load, ...(loader === "" ? [] : [interpreter]), body]);
}

function programHeader(type: number, offset: number, size: number): Buffer {
  const header = Buffer.alloc(PROGRAM_HEADER_BYTES);
  header.writeUInt32LE(type, 0);
  header.writeUInt32LE(5, 4); // readable, executable
  header.writeBigUInt64LE(BigInt(offset), 8);
  header.writeBigUInt64LE(BigInt(LOAD_ADDRESS + offset), 16);
  header.writeBigUInt64LE(BigInt(LOAD_ADDRESS + offset), 24);
  header.writeBigUInt64LE(BigInt(size), 32);
  header.writeBigUInt64LE(BigInt(size), 40);
  header.writeBigUInt64LE(0x1000n, 48);
  return header;
}
