/**
 * `without-ipv6.ts COMMAND…`: runs a command that finds no IPv6, as on a kernel with ipv6.disable=1:
 * socket(AF_INET6) fails with EAFNOSUPPORT. A seccomp filter (seccomp(2)) does it, on x86-64.
 */
import { dlopen, ptr } from "bun:ffi";
import { constants } from "node:os";

const { symbols: libc } = dlopen("libc.so.6", {
  prctl: { args: ["int", "u64", "u64", "u64", "u64"], returns: "int" },
  execvp: { args: ["ptr", "ptr"], returns: "int" },
});

const SYS_SOCKET = 41;
const AF_INET6 = 10;
const LOAD_WORD = 0x20;
const JUMP_IF_EQUAL = 0x15;
const RETURN = 0x06;
const ALLOW = 0x7fff0000;
const ERRNO = 0x00050000;

/** struct sock_filter: code, where to jump if true and if false, a constant. */
const filter = [
  [LOAD_WORD, 0, 0, 0], // the system call's number
  [JUMP_IF_EQUAL, 0, 3, SYS_SOCKET],
  [LOAD_WORD, 0, 0, 16], // its first argument
  [JUMP_IF_EQUAL, 0, 1, AF_INET6],
  [RETURN, 0, 0, ERRNO | constants.errno.EAFNOSUPPORT],
  [RETURN, 0, 0, ALLOW],
] as const;

const PR_SET_NO_NEW_PRIVS = 38;
const PR_SET_SECCOMP = 22;
const SECCOMP_MODE_FILTER = 2n;

const code = new DataView(new ArrayBuffer(8 * filter.length));
for (const [index, [operation, yes, no, constant]] of filter.entries()) {
  code.setUint16(8 * index, operation, true);
  code.setUint8(8 * index + 2, yes);
  code.setUint8(8 * index + 3, no);
  code.setUint32(8 * index + 4, constant, true);
}
const program = new DataView(new ArrayBuffer(16));
program.setUint16(0, filter.length, true);
program.setBigUint64(8, BigInt(ptr(code.buffer)), true);

if (libc.prctl(PR_SET_NO_NEW_PRIVS, 1n, 0n, 0n, 0n) !== 0) throw new Error("no_new_privs");
if (libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, BigInt(ptr(program.buffer)), 0n, 0n) !== 0)
  throw new Error("seccomp");

const words = process.argv.slice(2).map((word) => Buffer.from(`${word}\0`));
const [command] = words;
if (command === undefined) throw new Error("no command");
const argv = new BigUint64Array([...words.map((word) => BigInt(ptr(word))), 0n]);
libc.execvp(ptr(command), ptr(argv));
throw new Error("execvp");
