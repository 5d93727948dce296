import { failureOf } from "../../../src/lib/failure/failure.ts";
import { REQUIREMENTS } from "../../../src/lib/failure/topics/requirements.ts";
import { release } from "node:os";
import { fail, ok, type Result } from "../../../src/lib/result.ts";
import { type Finding, met, type Unmet, warning } from "../../../src/lib/linux/checks/finding.ts";
import { type Environment, readString, readWholeNumber, unusable } from "./settings.ts";

type Version = readonly [major: number, minor: number];

export type NeededKernel = {
  readonly atLeast: Version;
  /** How many volumes an older kernel can have mounted. */
  readonly volumesOfOlder: number;
};

/** Whether the kernel is new enough for many volumes. */
export function checkKernel(env: Environment): Finding {
  const atLeast = readVersion(env, "STORAGEOS_MIN_KERNEL", "4.0");
  const volumesOfOlder = readWholeNumber(env, "STORAGEOS_OLD_KERNEL_VOLUMES", 256);
  if (!atLeast.ok) return atLeast.error;
  if (!volumesOfOlder.ok) return volumesOfOlder.error;
  return judgeKernel(release(), {
    atLeast: atLeast.value,
    volumesOfOlder: volumesOfOlder.value,
  });
}

/** @param running as in `uname -r` */
export function judgeKernel(running: string, { atLeast, volumesOfOlder }: NeededKernel): Finding {
  const version = parseVersion(running);
  if (version !== undefined && isAtLeast(version, atLeast)) return met(`kernel ${running}`);
  const [major, minor] = atLeast;
  const wanted = `${major}.${minor}`;
  const about = { kernel: running, wanted, volumes: String(volumesOfOlder) };
  return warning(failureOf(REQUIREMENTS, "KernelTooOld", about));
}

function readVersion(env: Environment, name: string, fallback: string): Result<Version, Unmet> {
  const text = readString(env, name, fallback);
  const version = /^\d+(?:\.\d+)?$/.test(text) ? parseVersion(text) : undefined;
  return version === undefined
    ? fail(unusable(name, text, "a kernel version such as 4.18", fallback))
    : ok(version);
}

function parseVersion(text: string): Version | undefined {
  const [, major, minor = "0"] = /^(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor)];
}

function isAtLeast([major, minor]: Version, [needMajor, needMinor]: Version): boolean {
  return major > needMajor || (major === needMajor && minor >= needMinor);
}
