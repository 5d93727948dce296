import type { Host } from "../../../src/lib/linux/host.ts";
import { combine, type Finding, met } from "../../../src/lib/linux/checks/finding.ts";
import { judgePropagation, propagationOf } from "../../../src/lib/linux/checks/propagation.ts";
import { type Environment, readList } from "./settings.ts";

/** Whether what is mounted below the directories here also appears on the node, and so in other pods. */
export function checkMountPropagation(host: Host, env: Environment): Finding {
  const directories = readList(env, "STORAGEOS_SHARED_DIRS", "/var/lib/storageos,/var/lib/kubelet");
  const findings = propagationOf(host, directories).map(judgePropagation);
  return findings.length === 0
    ? met(`mount propagation: none of ${directories.join(", ")} is there yet`)
    : combine(findings);
}
