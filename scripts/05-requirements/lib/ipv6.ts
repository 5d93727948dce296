import { tryDualStack } from "../../../src/lib/linux/socket.ts";
import { failure, type Finding, met } from "./finding.ts";

/** Whether a server can listen for IPv4 and IPv6 on one socket; no IPv6 address is needed for that. */
export function checkIpv6(): Finding {
  const bound = tryDualStack("tcp", 0);
  if (bound.ok) return met("IPv6: a dual-stack socket (AF_INET6) opens");
  return failure(
    `cannot open a dual-stack socket (AF_INET6): ${bound.error}`,
    bound.error === "EAFNOSUPPORT"
      ? "Give the node's kernel IPv6: remove ipv6.disable=1 from its command line (or the blacklisting of the module ipv6) and reboot. No IPv6 address or route is needed."
      : "See why the node refuses it: its security policy (seccomp, SELinux), and sysctl net.ipv6.",
  );
}
