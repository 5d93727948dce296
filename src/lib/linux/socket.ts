import { dlopen, ptr, read } from "bun:ffi";
import { fail, ok, type Result } from "../result.ts";
import { errnoName } from "./errno.ts";

export type Protocol = "tcp" | "udp";

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_TYPE = { tcp: 1, udp: 2 } as const;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;

const { symbols: libc } = dlopen("libc.so.6", {
  socket: { args: ["int", "int", "int"], returns: "int" },
  setsockopt: { args: ["int", "int", "int", "ptr", "u32"], returns: "int" },
  bind: { args: ["int", "ptr", "u32"], returns: "int" },
  close: { args: ["int"], returns: "int" },
  __errno_location: { args: [], returns: "ptr" },
});

/**
 * Binds a socket to a port on all addresses of IPv4 and IPv6, as a server does, and closes it. It
 * does not listen, so nothing can connect to it. Port 0 is any.
 * The error is the errno's name: EAFNOSUPPORT where the kernel has no IPv6.
 */
export function tryDualStack(protocol: Protocol, port: number): Result<void, string> {
  return tryBind(AF_INET6, protocol, port);
}

/** The same, on all addresses of IPv4 alone. */
export function tryIpv4(protocol: Protocol, port: number): Result<void, string> {
  return tryBind(AF_INET, protocol, port);
}

function tryBind(family: number, protocol: Protocol, port: number): Result<void, string> {
  const socket = libc.socket(family, SOCK_TYPE[protocol] | SOCK_CLOEXEC, 0);
  if (socket === -1) return fail(lastError());
  try {
    // A server for both takes IPv4 too, whatever net.ipv6.bindv6only says (ipv6(7)).
    if (family === AF_INET6 && !setOption(socket, IPPROTO_IPV6, IPV6_V6ONLY, OFF))
      return fail(lastError());
    // As servers do, so that what is left of old connections (TIME_WAIT) is not in the way (socket(7)).
    if (protocol === "tcp" && !setOption(socket, SOL_SOCKET, SO_REUSEADDR, ON))
      return fail(lastError());
    address.setUint16(0, family, true);
    address.setUint16(2, port, false);
    const length = family === AF_INET6 ? ADDRESS_LENGTH.v6 : ADDRESS_LENGTH.v4;
    const bound = libc.bind(socket, ptr(address.buffer), length);
    return bound === 0 ? ok(undefined) : fail(lastError());
  } finally {
    libc.close(socket);
  }
}

const ON = new Int32Array([1]);
const OFF = new Int32Array([0]);

function setOption(socket: number, level: number, name: number, value: Int32Array): boolean {
  return libc.setsockopt(socket, level, name, ptr(value), value.byteLength) === 0;
}

/** Of struct sockaddr_in6 (ipv6(7)) and sockaddr_in (ip(7)); both begin with family and port. */
const ADDRESS_LENGTH = { v6: 28, v4: 16 } as const;

/** All else in it stays zero: any address. */
const address = new DataView(new ArrayBuffer(ADDRESS_LENGTH.v6));

function lastError(): string {
  const location = libc.__errno_location();
  return errnoName(location === null ? 0 : read.i32(location));
}
