import { readFileSync } from "node:fs";
import { findHolder, type Holder, podOf } from "./process.ts";
import type { Protocol } from "./socket.ts";

/** Who has a port: a process, if one that is seen here has it open. */
export type PortHolder = {
  readonly process: Holder | undefined;
  /** A connection to elsewhere that happens to use the port as its own end, not a server. */
  readonly isConnection: boolean;
  /** A process of this very pod, such as its main container. */
  readonly isOwnPod: boolean;
};

const TCP_LISTEN = "0A";

/** Looks a local port up in /proc/net (proc_pid_net(5)); undefined if no socket with it is there. */
export function findPortHolder(protocol: Protocol, port: number): PortHolder | undefined {
  const sockets = [protocol, `${protocol}6`].flatMap(readSockets);
  const onPort = sockets.filter((socket) => socket.port === port);
  const socket = onPort.find(({ state }) => state === TCP_LISTEN) ?? onPort[0];
  if (socket === undefined) return undefined;
  const process = findHolder(`socket:[${socket.inode}]`);
  const ownPod = podOf("self");
  return {
    process,
    isConnection: protocol === "tcp" && socket.state !== TCP_LISTEN,
    isOwnPod: process !== undefined && ownPod !== undefined && podOf(process.pid) === ownPod,
  };
}

type Socket = { readonly port: number; readonly state: string; readonly inode: string };

/** Lines of /proc/net/tcp and its like: the local address, the state and the inode are fields 1, 3 and 9. */
function readSockets(table: string): Socket[] {
  const lines = readTable(`/proc/net/${table}`).split("\n").slice(1);
  return lines.flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    const port = local?.split(":")[1];
    if (port === undefined || state === undefined || inode === undefined) return [];
    return [{ port: Number.parseInt(port, 16), state, inode }];
  });
}

function readTable(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // a kernel without IPv6
  }
}
