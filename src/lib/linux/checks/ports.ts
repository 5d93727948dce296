import { tryDualStack, tryIpv4 } from "../socket.ts";
import type { Result } from "../../result.ts";
import { findPortUses, type Port, type PortUse } from "./host-ports.ts";

/** A port that cannot be bound, and why. */
export type TakenPort = Port &
  PortUse & {
    /** The errno's name: EADDRINUSE, EACCES. */
    readonly error: string;
  };

/** How many ports a line names; the rest are counted. */
const NAMED = 5;

/** Which ports, and who has them. */
export function listTaken(taken: readonly TakenPort[]): string {
  const named = taken.slice(0, NAMED).map(describe);
  const rest = taken.length - named.length;
  return named.join(", ") + (rest === 0 ? "" : ` and ${rest} more`);
}

function describe({ protocol, number, error, holder, isConnection }: TakenPort): string {
  const port = `${protocol.toUpperCase()} port ${number}`;
  if (error !== "EADDRINUSE") return `${port} (${error})`;
  if (holder === undefined) return `${port} (in use by a process that is not seen here)`;
  const { name, pid } = holder;
  return isConnection
    ? `${port} (in use by a connection of ${name}, pid ${pid})`
    : `${port} (in use by ${name}, pid ${pid})`;
}

/** What to do about them. */
export function fixFor(taken: readonly TakenPort[]): string {
  const fixes = new Set(taken.map(fixOf));
  return [...fixes].join(" ");
}

function fixOf({ protocol, number, error, holder, isConnection }: TakenPort): string {
  if (error !== "EADDRINUSE")
    return "Run the container privileged, and see the node's security policy.";
  if (isConnection) {
    return "Keep connections off these ports: raise the lower end of the sysctl net.ipv4.ip_local_port_range, or list them in net.ipv4.ip_local_reserved_ports, and restart that program.";
  }
  if (holder !== undefined) return "Stop that program on the node, or give it another port.";
  const flags = protocol === "udp" ? "-ulnp" : "-tlnp";
  return `Find it on the node with ss ${flags} 'sport = :${number}' and stop it, or give it another port.`;
}

/** Those that cannot be bound, and why. */
export function findTaken(ports: readonly Port[]): TakenPort[] {
  const taken = ports.flatMap((port) => {
    const bound = tryPort(port);
    return bound.ok ? [] : [{ ...port, error: bound.error }];
  });
  const uses = findPortUses(taken);
  return taken.map(({ protocol, number, error }, index) => {
    const { holder, isConnection = false } = uses[index] ?? { holder: undefined };
    return { protocol, number, error, holder, isConnection };
  });
}

/** On all addresses, as the node listens; of a kernel without IPv6 the check of that tells. */
function tryPort({ protocol, number }: Port): Result<void, string> {
  const bound = tryDualStack(protocol, number);
  return bound.ok || bound.error !== "EAFNOSUPPORT" ? bound : tryIpv4(protocol, number);
}

/** Reads `5701`, `5703-5705`, `5711/udp`; without a protocol it is TCP. undefined if it is no port. */
export function parsePorts(word: string): readonly Port[] | undefined {
  const [, first, last = first, slashed = "/tcp"] =
    /^(\d{1,5})(?:-(\d{1,5}))?(\/tcp|\/udp)?$/.exec(word) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (!(from >= 1 && from <= to && to <= 65_535)) return undefined;
  const protocol = slashed === "/udp" ? "udp" : "tcp";
  return Array.from({ length: to - from + 1 }, (_, index) => ({ protocol, number: from + index }));
}
