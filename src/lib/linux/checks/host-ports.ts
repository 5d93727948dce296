import { readFileSync } from "node:fs";
import { findHolders, type Holder } from "../processes.ts";
import type { Protocol } from "../socket.ts";

export type Port = { readonly protocol: Protocol; readonly number: number };

/** What has a port. */
export type PortUse = {
  /** Undefined if no process that is seen here has it. */
  readonly holder: Holder | undefined;
  /** A connection to elsewhere that happens to use the port as its own end, not a server. */
  readonly isConnection: boolean;
};

/** For each port what has it, in their order (proc_pid_net(5)). */
export function findPortUses(ports: readonly Port[]): PortUse[] {
  if (ports.length === 0) return [];
  const sockets = readSockets();
  const found = ports.map((port) => socketOf(sockets, port));
  const files = found.flatMap((socket) => (socket === undefined ? [] : [fileOf(socket)]));
  const holders = findHolders(new Set(files));
  return found.map((socket) => ({
    holder: socket === undefined ? undefined : holders.get(fileOf(socket)),
    isConnection: socket?.protocol === "tcp" && socket.state !== TCP_LISTEN,
  }));
}

type Socket = Port & { readonly state: string; readonly inode: string };

const TCP_LISTEN = "0A";

function socketOf(sockets: readonly Socket[], port: Port): Socket | undefined {
  const onPort = sockets.filter(
    ({ protocol, number }) => protocol === port.protocol && number === port.number,
  );
  return onPort.find(({ state }) => state === TCP_LISTEN) ?? onPort[0];
}

function fileOf({ inode }: Socket): string {
  return `socket:[${inode}]`;
}

/** Fields 1, 3 and 9 of each line are the local address, the state and the inode. */
function readSockets(): Socket[] {
  const tables = [
    ["tcp", "tcp"],
    ["tcp", "tcp6"],
    ["udp", "udp"],
    ["udp", "udp6"],
  ] as const;
  return tables.flatMap(([protocol, table]) =>
    readTable(table).flatMap((line) => {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      const port = local?.split(":")[1];
      if (port === undefined || state === undefined || inode === undefined) return [];
      return [{ protocol, number: Number.parseInt(port, 16), state, inode }];
    }),
  );
}

function readTable(table: string): string[] {
  try {
    return readFileSync(`/proc/net/${table}`, "utf8").split("\n").slice(1);
  } catch {
    return []; // a kernel without IPv6
  }
}
