/** By which addresses and names the API may know this pod or its node. */
import { readFileSync } from "node:fs";
import { hostname, networkInterfaces, type NetworkInterfaceInfo } from "node:os";

/** A node with service proxies has hundreds, and each one is a request. */
const MAX_ADDRESSES = 8;

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/**
 * This network namespace's addresses, at most 8. The first is the one from which packets to `server`
 * leave, which is the node's own on most hosts.
 * @param server URL of the API server
 */
export async function ownAddresses(server: string): Promise<readonly string[]> {
  return orderAddresses(networkInterfaces(), await sourceTowards(server));
}

/** Those of services and tunnels, which are alone in their network, come last. */
export function orderAddresses(
  interfaces: Interfaces,
  source: string | undefined,
): readonly string[] {
  const usable = Object.values(interfaces)
    .flatMap((infos) => infos ?? [])
    .filter(({ internal, address }) => !internal && !isLinkLocal(address))
    .map(({ address, netmask }) => ({ address, isAlone: WHOLE_MASK.test(netmask) }));
  const first = usable.filter(({ address }) => address === source);
  const rest = usable.filter(({ isAlone }) => !isAlone);
  const ordered = [...first, ...rest, ...usable].map(({ address }) => address);
  return [...new Set(ordered)].slice(0, MAX_ADDRESSES);
}

/** Of an interface with one address and no network: dummies of service proxies, tunnels. */
const WHOLE_MASK = /^(?:255(?:\.255){3}|ffff(?::ffff){7})$/;

function isLinkLocal(address: string): boolean {
  return /^(?:169\.254\.|fe[89ab])/i.test(address);
}

/** A connected UDP socket sends nothing, but the kernel chooses its address. */
async function sourceTowards(server: string): Promise<string | undefined> {
  const host = new URL(server).hostname.replace(/^\[|\]$/g, "");
  // A name would have to be resolved, which may take long.
  // A static import of it would cost every start 4 ms.
  const { isIP } = await import("node:net");
  if (isIP(host) === 0) return undefined;
  try {
    const socket = await Bun.udpSocket({ connect: { hostname: host, port: 443 } });
    const { address } = socket.address;
    socket.close();
    return address;
  } catch {
    return undefined; // no route there
  }
}

/** What the node may be called in the API: this host's name, then its long and its short form. */
export function ownNames(): readonly string[] {
  return namesOf(hostname(), readHosts());
}

/** @param hosts the text of /etc/hosts (hosts(5)): an address, a name, other names */
export function namesOf(host: string, hosts: string): readonly string[] {
  const name = host.toLowerCase();
  const [short = ""] = name.split(".");
  const others = hosts
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim().toLowerCase().split(/\s+/).slice(1))
    .filter((names) => names.includes(name))
    .flat();
  const long = others.filter((other) => other.startsWith(`${short}.`));
  return [...new Set([name, ...long, short])].filter((each) => each !== "");
}

function readHosts(): string {
  try {
    return readFileSync("/etc/hosts", "utf8");
  } catch {
    return "";
  }
}
