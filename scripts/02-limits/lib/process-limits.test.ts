import { expect, test } from "bun:test";
import * as fc from "fast-check";
import {
  describeLimits,
  judgeProcessLimits,
  lowest,
  readProcessLimits,
  readRequirements,
  type Requirements,
} from "./process-limits.ts";
import { withRoot } from "../test/cgroup-fixture.ts";

const POD_UID = "11111111_2222_3333_4444_555555555555";
const CONTAINER = "a".repeat(64);
const nothing = { minimum: undefined, recommended: undefined };

function judgeFile(file: string, required: Requirements = { ...nothing, minimum: 4096 }) {
  return judgeProcessLimits({ limits: [{ file, value: 1024 }], unseen: [] }, required);
}

const KUBEPODS_FIX =
  "Leave pods at least 4096 processes: lower pid in the kubelet's kubeReserved and systemReserved, or raise the sysctls kernel.pid_max and kernel.threads-max, and restart the kubelet.";
const KUBELET_FIX =
  "Raise podPidsLimit in the kubelet's configuration (OpenShift: in a KubeletConfig) to at least 4096, and restart the kubelet.";
const CRIO_FIX =
  "Raise pids_limit in CRI-O's configuration (OpenShift: pidsLimit in a ContainerRuntimeConfig) to at least 4096, and restart CRI-O.";
const RUNTIME_FIX =
  "Raise the container runtime's limit of processes for a container to at least 4096.";

const BURSTABLE = "/sys/fs/cgroup/kubepods.slice/kubepods-burstable.slice";

test.each([
  [`${BURSTABLE}/kubepods-burstable-pod${POD_UID}.slice/pids.max`, KUBELET_FIX],
  [`/sys/fs/cgroup/pids/kubepods/pod${POD_UID.replaceAll("_", "-")}/pids.max`, KUBELET_FIX],
  [
    `/sys/fs/cgroup/kubepods.slice/kubepods-pod${"0af".repeat(11).slice(1)}.slice/pids.max`,
    KUBELET_FIX,
  ],
  [
    `${BURSTABLE}/kubepods-burstable-pod${POD_UID}.slice/crio-${CONTAINER}.scope/pids.max`,
    CRIO_FIX,
  ],
  [`/sys/fs/cgroup/x/crio-${CONTAINER}.scope/container/pids.max`, CRIO_FIX],
  [`${BURSTABLE}/x.slice/cri-containerd-${CONTAINER}.scope/pids.max`, RUNTIME_FIX],
  [`/sys/fs/cgroup/pids/kubepods/burstable/podx/${CONTAINER}/pids.max`, RUNTIME_FIX],
  [`${BURSTABLE}/pids.max`, KUBEPODS_FIX],
  ["/sys/fs/cgroup/pids/kubepods/besteffort/pids.max", KUBEPODS_FIX],
  ["/sys/fs/cgroup/kubelet.slice/kubelet-kubepods.slice/pids.max", KUBEPODS_FIX],
  [
    "/sys/fs/cgroup/system.slice/containerd.service/pids.max",
    "Raise TasksMax of the systemd unit containerd.service to at least 4096: systemctl set-property containerd.service TasksMax=4096.",
  ],
  [
    "/sys/fs/cgroup/pids/mine/pids.max",
    "Raise the number in /sys/fs/cgroup/pids/mine/pids.max to at least 4096.",
  ],
  [
    "/proc/sys/kernel/pid_max",
    'Set the sysctl kernel.pid_max to at least 4096 on the node: a line "kernel.pid_max = 4096" in a file of /etc/sysctl.d, then sysctl --system.',
  ],
  [
    "/proc/sys/kernel/threads-max",
    'Set the sysctl kernel.threads-max to at least 4096 on the node: a line "kernel.threads-max = 4096" in a file of /etc/sysctl.d, then sysctl --system.',
  ],
])("the fix for %s names who sets it", (file, fix) => {
  expect(judgeFile(file)).toMatchObject({
    warnings: [],
    failure: {
      cause: `the limit of processes and threads is 1024, below MINIMUM_MAX_PIDS_LIMIT=4096, set by ${file}`,
      fix,
    },
  });
});

test("every limit that is too low gets its fix, none twice; the lowest is the cause", () => {
  const finding = judgeProcessLimits(
    {
      limits: [
        { file: `/sys/fs/cgroup/k/crio-${CONTAINER}.scope/container/pids.max`, value: 1024 },
        { file: `/sys/fs/cgroup/k/crio-${CONTAINER}.scope/pids.max`, value: 1024 },
        { file: `/sys/fs/cgroup/pod${POD_UID}/pids.max`, value: 1000 },
        { file: "/sys/fs/cgroup/kubepods.slice/pids.max", value: "unlimited" },
        { file: "/proc/sys/kernel/pid_max", value: 4096 },
      ],
      unseen: [],
    },
    { ...nothing, recommended: 4096 },
  );
  expect(finding).toMatchObject({
    warnings: [
      {
        cause: `the limit of processes and threads is 1000, below RECOMMENDED_MAX_PIDS_LIMIT=4096, set by /sys/fs/cgroup/pod${POD_UID}/pids.max`,
        fix: `${CRIO_FIX} ${KUBELET_FIX}`,
      },
    ],
    failure: undefined,
  });
});

test("a failure is told alone, without the warnings it makes pointless", () => {
  const finding = judgeFile("/x", { minimum: 2000, recommended: 3000 });
  expect(finding).toMatchObject({
    warnings: [],
    failure: {
      cause:
        "the limit of processes and threads is 1024, below MINIMUM_MAX_PIDS_LIMIT=2000, set by /x",
      fix: "Raise the number in /x to at least 2000.",
    },
  });
});

test("nothing required: neither a low limit nor an unseen one warns", () => {
  const found = { limits: [{ file: "/x", value: 1 }], unseen: ["cannot see y"] };
  expect(judgeProcessLimits(found, nothing)).toEqual({ warnings: [], failure: undefined });
});

test("what is unseen warns where something is required", () => {
  const found = { limits: [{ file: "/x", value: 50 }], unseen: ["cannot see y"] };
  expect(judgeProcessLimits(found, { minimum: 10, recommended: 20 })).toMatchObject({
    warnings: [
      {
        cause:
          "cannot see y, so MINIMUM_MAX_PIDS_LIMIT=10 and RECOMMENDED_MAX_PIDS_LIMIT=20 may not be met",
        fix: "Run the pod with hostPID: true, privileged, and the host's /sys mounted.",
      },
    ],
    failure: undefined,
  });
});

test("a limit equal to what is required is enough", () => {
  expect(judgeFile("/x", { minimum: 1024, recommended: 1024 })).toMatchObject({
    warnings: [],
    failure: undefined,
  });
});

test("the variables: unset and empty require nothing", () => {
  expect(readRequirements({ MINIMUM_MAX_PIDS_LIMIT: " " })).toEqual({ ok: true, value: nothing });
  expect(
    readRequirements({ MINIMUM_MAX_PIDS_LIMIT: "1024", RECOMMENDED_MAX_PIDS_LIMIT: " 32768\n" }),
  ).toEqual({ ok: true, value: { minimum: 1024, recommended: 32768 } });
});

test.each(["abc", "-1", "1e3", "32 768", "0x10", "1.5", "max", "99999999999999999999"])(
  "the variables: %p is no number of processes",
  (text) => {
    expect(readRequirements({ RECOMMENDED_MAX_PIDS_LIMIT: text })).toMatchObject({
      ok: false,
      error: {
        cause: `cannot use RECOMMENDED_MAX_PIDS_LIMIT=${JSON.stringify(text)}: it must be a whole number of processes`,
        fix: "Set it in the init container's environment to a number such as 32768, or leave it out.",
      },
    });
  },
);

test("the variables: both bad ones are named at once", () => {
  const read = readRequirements({ MINIMUM_MAX_PIDS_LIMIT: "a", RECOMMENDED_MAX_PIDS_LIMIT: "b" });
  expect(read.ok ? "" : read.error.cause).toBe(
    'cannot use MINIMUM_MAX_PIDS_LIMIT="a" and RECOMMENDED_MAX_PIDS_LIMIT="b": it must be a whole number of processes',
  );
});

test("the kernel's limits are read, and the lower one binds", () => {
  const files = {
    "/proc/sys/kernel/pid_max": "32768\n",
    "/proc/sys/kernel/threads-max": "15000\n",
  };
  const found = withRoot(files, (root) => readProcessLimits({ root, hostRoot: "/", pid: 1 }));
  expect(describeLimits(found)).toEqual([
    "/proc/sys/kernel/pid_max: 32768",
    "/proc/sys/kernel/threads-max: 15000",
    "the limit of processes and threads is 15000, set by /proc/sys/kernel/threads-max",
  ]);
});

test("unlimited is not unknown", () => {
  const limits = [{ file: "/a", value: "unlimited" as const }];
  expect(describeLimits({ limits, unseen: ["cannot see b"] })).toEqual([
    "/a: unlimited",
    "cannot see b",
    "no limit of processes and threads found",
  ]);
});

test("property: no finite limit is below the lowest, and a requirement fails exactly above it", () => {
  const value = fc.oneof(fc.constant("unlimited" as const), fc.nat({ max: 5000 }));
  const limits = fc.array(fc.record({ file: fc.constant("/x"), value }));
  fc.assert(
    fc.property(limits, fc.nat({ max: 6000 }), (found, minimum) => {
      const low = Number(lowest(found)?.value ?? Infinity);
      expect(found.every((limit) => limit.value === "unlimited" || limit.value >= low)).toBe(true);
      const { failure } = judgeProcessLimits(
        { limits: found, unseen: [] },
        { ...nothing, minimum },
      );
      expect(failure !== undefined).toBe(minimum > low);
    }),
  );
});
