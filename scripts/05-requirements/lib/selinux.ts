import { failureOf } from "../../../src/lib/failure/failure.ts";
import { REQUIREMENTS } from "../../../src/lib/failure/topics/requirements.ts";
import { join } from "node:path";
import { type Host, readText } from "../../../src/lib/linux/host.ts";
import { type Finding, met, warning } from "../../../src/lib/linux/checks/finding.ts";
import { type Environment, readList, readString } from "./settings.ts";

export type SelinuxBoolean = { readonly name: string; readonly isOn: boolean };

/** Whether SELinux lets containers use what the node mounts. Documented for OpenShift only. */
export function checkSelinux(host: Host, env: Environment): Finding {
  const names = readList(
    env,
    "STORAGEOS_SELINUX_BOOLEANS",
    "virt_sandbox_use_fusefs,virt_use_fusefs",
  );
  const isGiven = readString(env, "STORAGEOS_SELINUX_BOOLEANS", "") !== "";
  const isOpenShift = /^openshift/i.test(readString(env, "K8S_DISTRO", ""));
  if (!isGiven && !isOpenShift) return met("SELinux: only looked at on OpenShift (K8S_DISTRO)");
  const directory = join(host.sys, "fs/selinux");
  if (readText(join(directory, "enforce"))?.trim() !== "1") return met("SELinux: not enforcing");
  return judgeBooleans(names.flatMap((name) => readBoolean(directory, name)));
}

/** A boolean that the policy does not have needs not be on. */
export function judgeBooleans(booleans: readonly SelinuxBoolean[]): Finding {
  const off = booleans.filter(({ isOn }) => !isOn).map(({ name }) => name);
  if (off.length === 0) return met(`SELinux: ${booleans.map(({ name }) => name).join(", ")} on`);
  return warning(failureOf(REQUIREMENTS, "SelinuxBooleansOff", { booleans: off.join(", ") }));
}

/** A file of selinuxfs holds the current and the pending value: `0 1`. */
function readBoolean(directory: string, name: string): SelinuxBoolean[] {
  const text = readText(join(directory, "booleans", name));
  return text === undefined ? [] : [{ name, isOn: text.startsWith("1") }];
}
