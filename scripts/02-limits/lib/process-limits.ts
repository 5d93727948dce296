import { failureOf, type Failure } from "../../../src/lib/failure/failure.ts";
import { LIMITS } from "../../../src/lib/failure/topics/limits.ts";
import { basename, dirname } from "node:path";
import { fail, ok, type Result } from "../../../src/lib/result.ts";
import {
  readCgroupLimits,
  readLimits,
  type Limit,
  type Limits,
  type Surroundings,
} from "./cgroups.ts";

/** How many processes and threads a node must allow, and how many it should. */
export type Requirements = {
  readonly minimum: number | undefined;
  readonly recommended: number | undefined;
};

export type Finding = {
  readonly warnings: readonly Failure[];
  readonly failure: Failure | undefined;
};

const PID_MAX = "/proc/sys/kernel/pid_max";
const THREADS_MAX = "/proc/sys/kernel/threads-max";
const MINIMUM = "MINIMUM_MAX_PIDS_LIMIT";
const RECOMMENDED = "RECOMMENDED_MAX_PIDS_LIMIT";

/** Every limit on processes and threads of this process: its cgroups', then the whole kernel's. */
export function readProcessLimits(where: Surroundings): Limits {
  const cgroups = readCgroupLimits(where);
  const kernel = readLimits([PID_MAX, THREADS_MAX], where.root);
  return {
    limits: [...cgroups.limits, ...kernel.limits],
    unseen: [...cgroups.unseen, ...kernel.unseen],
  };
}

/** A line for each limit and each thing unseen, then which limit binds. */
export function describeLimits({ limits, unseen }: Limits): string[] {
  const binding = lowest(limits);
  return [
    ...limits.map(({ file, value }) => `${file}: ${value}`),
    ...unseen,
    binding === undefined
      ? "no limit of processes and threads found"
      : `the limit of processes and threads is ${binding.value}, set by ${binding.file}`,
  ];
}

/** Reads the two variables; unset or empty is no requirement, and both are looked at. */
export function readRequirements(
  environment: Readonly<Record<string, string | undefined>>,
): Result<Requirements, Failure> {
  const given = [MINIMUM, RECOMMENDED].map(
    (name) => [name, environment[name]?.trim() ?? ""] as const,
  );
  const bad = given.filter(([, text]) => text !== "" && !isWholeNumber(text));
  if (bad.length > 0) {
    const named = bad.map(([name, text]) => `${name}=${JSON.stringify(text)}`).join(" and ");
    return fail(failureOf(LIMITS, "ProcessLimitSettingInvalid", { variables: named }));
  }
  const [minimum, recommended] = given.map(([, text]) => (text === "" ? undefined : Number(text)));
  return ok({ minimum, recommended });
}

/** The limit that binds; of equal ones the first. Undefined if all are unlimited. */
export function lowest(limits: readonly Limit[]): Limit | undefined {
  return limits
    .filter(({ value }) => value !== "unlimited")
    .reduce<Limit | undefined>(
      (low, limit) => (low === undefined || limit.value < low.value ? limit : low),
      undefined,
    );
}

/** Holds what was found against what is required. What is unseen warns where anything is required. */
export function judgeProcessLimits(found: Limits, required: Requirements): Finding {
  const failure = shortfall(found.limits, MINIMUM, required.minimum);
  const short = shortfall(found.limits, RECOMMENDED, required.recommended);
  const unproven = found.unseen.map((cause) => failureOfUnseen(cause, required));
  if (failure !== undefined) return { warnings: [], failure };
  return { warnings: [short, ...unproven].filter((advice) => advice !== undefined), failure };
}

/** Names the lowest limit as the cause; the fix goes through all that are too low, lest each hide the next. */
function shortfall(limits: readonly Limit[], variable: string, wanted = 0): Failure | undefined {
  const tooLow = limits.filter(({ value }) => value !== "unlimited" && value < wanted);
  const binding = lowest(tooLow);
  if (binding === undefined) return undefined;
  const fixes = new Set(tooLow.map(({ file }) => fixFor(file, wanted)));
  return failureOf(LIMITS, "ProcessLimitTooLow", {
    limit: String(binding.value),
    variable,
    wanted: String(wanted),
    file: binding.file,
    advice: [...fixes].join(" "),
  });
}

function failureOfUnseen(
  cause: string,
  { minimum, recommended }: Requirements,
): Failure | undefined {
  const variables = [
    ...(minimum === undefined ? [] : [`${MINIMUM}=${minimum}`]),
    ...(recommended === undefined ? [] : [`${RECOMMENDED}=${recommended}`]),
  ];
  if (variables.length === 0) return undefined;
  const about = { why: cause, variables: variables.join(" and ") };
  return failureOf(LIMITS, "ProcessLimitUnknown", about);
}

type Setter = readonly [name: RegExp, fix: (wanted: number, name: string) => string];

/** Who sets a limit, by the name of the cgroup it stands in or of one above, and how to raise it. */
const SETTERS: readonly Setter[] = [
  [
    /^crio-/,
    (wanted) =>
      `Raise pids_limit in CRI-O's configuration (OpenShift: pidsLimit in a ContainerRuntimeConfig) to at least ${wanted}, and restart CRI-O.`,
  ],
  [
    /^(?:[a-z-]+-)?[0-9a-f]{64}(?:\.scope)?$/,
    (wanted) =>
      `Raise the container runtime's limit of processes for a container to at least ${wanted}.`,
  ],
  [
    /(?:^|-)pod[0-9a-f][0-9a-f_-]{31,35}(?:\.slice)?$/,
    (wanted) =>
      `Raise podPidsLimit in the kubelet's configuration (OpenShift: in a KubeletConfig) to at least ${wanted}, and restart the kubelet.`,
  ],
  [
    /(?:^|-)kubepods(?:-burstable|-besteffort)?(?:\.slice)?$/,
    (wanted) =>
      `Leave pods at least ${wanted} processes: lower pid in the kubelet's kubeReserved and systemReserved, or raise the sysctls kernel.pid_max and kernel.threads-max, and restart the kubelet.`,
  ],
  [
    /\.(?:service|scope|slice)$/,
    (wanted, name) =>
      `Raise TasksMax of the systemd unit ${name} to at least ${wanted}: systemctl set-property ${name} TasksMax=${wanted}.`,
  ],
];

function fixFor(file: string, wanted: number): string {
  if (file === PID_MAX || file === THREADS_MAX) {
    const setting = `kernel.${basename(file)}`;
    return `Set the sysctl ${setting} to at least ${wanted} on the node: a line "${setting} = ${wanted}" in a file of /etc/sysctl.d, then sysctl --system.`;
  }
  for (const name of dirname(file).split("/").toReversed()) {
    const setter = SETTERS.find(([pattern]) => pattern.test(name));
    if (setter !== undefined) return setter[1](wanted, name);
  }
  return `Raise the number in ${file} to at least ${wanted}.`;
}

function isWholeNumber(text: string): boolean {
  return /^\d+$/.test(text) && Number.isSafeInteger(Number(text));
}
