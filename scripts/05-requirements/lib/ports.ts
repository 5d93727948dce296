import { failureOf } from "../../../src/lib/failure/failure.ts";
import { RESOURCES } from "../../../src/lib/failure/topics/resources.ts";
import { findPortUses, type Port, type PortUse } from "./host-ports.ts";
import { tryDualStack, tryIpv4 } from "../../../src/lib/linux/socket.ts";
import { fail, ok, type Result } from "../../../src/lib/result.ts";
import { count } from "../../../src/lib/text/show.ts";
import { combine, failure, type Finding, met, type Unmet, warning } from "./finding.ts";
import { type Environment, readList, unusable } from "./settings.ts";

/** A port that cannot be bound, and why. */
export type TakenPort = Port &
  PortUse & {
    /** The errno's name: EADDRINUSE, EACCES. */
    readonly error: string;
  };

const PORTS = "5701,5703-5705,5710,5711,5711/udp";
const VOLUME_PORTS = "25705-25960";

/** Whether the ports that the node listens on are free; of those for shared volumes each serves one volume. */
export function checkPorts(env: Environment): Finding {
  const ports = readPorts(env, "STORAGEOS_PORTS", PORTS);
  const volumePorts = readPorts(env, "STORAGEOS_VOLUME_PORTS", VOLUME_PORTS);
  if (!ports.ok) return ports.error;
  if (!volumePorts.ok) return volumePorts.error;
  return judgePorts({
    needed: ports.value.length,
    taken: findTaken(ports.value),
    ofVolumes: volumePorts.value.length,
    takenOfVolumes: findTaken(volumePorts.value),
  });
}

export type Ports = {
  readonly needed: number;
  readonly taken: readonly TakenPort[];
  readonly ofVolumes: number;
  readonly takenOfVolumes: readonly TakenPort[];
};

/** A port that this pod's own main container holds counts as free: an init container may run again. */
export function judgePorts({ needed, taken, ofVolumes, takenOfVolumes }: Ports): Finding {
  const foreign = taken.filter(({ holder }) => holder?.isOwnPod !== true);
  const foreignOfVolumes = takenOfVolumes.filter(({ holder }) => holder?.isOwnPod !== true);
  const free = met(`${count(needed, "port")} and ${ofVolumes} for shared volumes free`);
  if (foreign.length === 0 && foreignOfVolumes.length === 0) return free;
  return combine([
    foreign.length === 0
      ? free
      : failure(
          failureOf(RESOURCES, "PortInUse", {
            ports: listTaken(foreign),
            advice: fixFor(foreign),
          }),
        ),
    foreignOfVolumes.length === 0
      ? free
      : warning(
          failureOf(RESOURCES, "VolumePortsInUse", {
            amount: String(foreignOfVolumes.length),
            all: count(ofVolumes, "port"),
            ports: listTaken(foreignOfVolumes),
            advice: fixFor(foreignOfVolumes),
          }),
        ),
  ]);
}

/** How many ports a line names; the rest are counted. */
const NAMED = 5;

function listTaken(taken: readonly TakenPort[]): string {
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

function fixFor(taken: readonly TakenPort[]): string {
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

function findTaken(ports: readonly Port[]): TakenPort[] {
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

/** Reads `5701,5703-5705,5711/udp`; a port without a protocol is TCP. */
export function readPorts(
  env: Environment,
  name: string,
  fallback: string,
): Result<readonly Port[], Unmet> {
  const words = readList(env, name, fallback);
  const ports = words.map(parsePorts);
  if (ports.includes(undefined)) {
    return fail(
      unusable(name, words.join(","), "ports, ranges, and /udp behind those of UDP", fallback),
    );
  }
  return ok(ports.flatMap((some) => some ?? []));
}

function parsePorts(word: string): readonly Port[] | undefined {
  const [, first, last = first, slashed = "/tcp"] =
    /^(\d{1,5})(?:-(\d{1,5}))?(\/tcp|\/udp)?$/.exec(word) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (!(from >= 1 && from <= to && to <= 65_535)) return undefined;
  const protocol = slashed === "/udp" ? "udp" : "tcp";
  return Array.from({ length: to - from + 1 }, (_, index) => ({ protocol, number: from + index }));
}
