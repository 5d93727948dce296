import { failureOf } from "../../../src/lib/failure/failure.ts";
import { REQUIREMENTS } from "../../../src/lib/failure/topics/requirements.ts";
import { tryDualStack } from "../../../src/lib/linux/socket.ts";
import { failure, type Finding, met } from "../../../src/lib/linux/checks/finding.ts";

/** Whether a server can listen for IPv4 and IPv6 on one socket; no IPv6 address is needed for that. */
export function checkIpv6(): Finding {
  const bound = tryDualStack("tcp", 0);
  if (bound.ok) return met("IPv6: a dual-stack socket (AF_INET6) opens");
  return failure(failureOf(REQUIREMENTS, "Ipv6Missing", { error: bound.error }));
}
