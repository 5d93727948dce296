import { readScriptMessage } from "../../../src/lib/contract/script-message.ts";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readMounts } from "../../../src/lib/linux/mountinfo.ts";

const DIST = join(import.meta.dir, "../../../dist");
const LIMITS = join(DIST, "scripts/02-limits/limits.ts");

/** The real hierarchy with the pids controller, if there is one and this test may use it. */
const pids = pidsHierarchy();
const slice = `${pids.top}/storageos-init-test-${process.pid}.slice`;
const pod = `${slice}/storageos-init-test-pod0123456789abcdef0123456789abcdef.slice`;
const container = `${pod}/crio-${"0123456789abcdef".repeat(4)}.scope`;

const kernelLines =
  `/proc/sys/kernel/pid_max: ${read("/proc/sys/kernel/pid_max")}\n` +
  `/proc/sys/kernel/threads-max: ${read("/proc/sys/kernel/threads-max")}\n`;
let temporary = "";

beforeAll(() => {
  temporary = mkdtempSync(join(tmpdir(), "limits-"));
});
afterAll(() => {
  rmSync(temporary, { recursive: true });
});

function read(path: string): string {
  return readFileSync(path, "utf8").trim();
}

type Environment = Readonly<Record<string, string>>;

/** Runs the built script after a line of shell, and gives everything a person could see of it. */
function runLimits(environment: Environment, shell = "true") {
  const messagePath = join(temporary, "message");
  rmSync(messagePath, { force: true });
  const { exitCode, stdout, stderr } = Bun.spawnSync(["sh", "-c", `${shell} && exec "$LIMITS"`], {
    env: {
      PATH: `${DIST}/bin:${process.env["PATH"]}`,
      LIMITS,
      TERMINATION_MESSAGE_PATH: messagePath,
      ...environment,
    },
  });
  return {
    exitCode,
    stdout: stdout.toString(),
    stderr: stderr.toString(),
    message: existsSync(messagePath) ? wordsOf(readFileSync(messagePath, "utf8")) : "",
  };
}

/** Cause and fix of every failure that a script left. */
function wordsOf(message: string): string {
  return readScriptMessage(message)
    .failures.map(({ cause, fix }) => `${cause}. ${fix}\n`)
    .join("");
}

describe("on this host", () => {
  test("without requirements it says what binds and passes", () => {
    const { exitCode, stdout, stderr, message } = runLimits({});
    expect({ exitCode, stderr, message }).toEqual({ exitCode: 0, stderr: "", message: "" });
    expect(stdout).toContain(kernelLines);
    expect(stdout).toMatch(/\nthe limit of processes and threads is \d+, set by \/.+\n$/);
  });

  test("a bad requirement fails after the limits are told", () => {
    const said =
      'cannot use MINIMUM_MAX_PIDS_LIMIT="many": it must be a whole number of processes. ' +
      "Set it in the init container's environment to a number such as 32768, or leave it out.\n";
    const { exitCode, stdout, stderr, message } = runLimits({ MINIMUM_MAX_PIDS_LIMIT: "many" });
    expect({ exitCode, stderr, message }).toEqual({ exitCode: 1, stderr: said, message: said });
    expect(stdout).toContain(kernelLines);
  });
});

describe.skipIf(!pids.usable)("in a cgroup of the kernel's", () => {
  const enter = `echo $$ > ${container}/cgroup.procs`;

  beforeAll(() => {
    for (const [directory, max] of [
      [slice, "max"],
      [pod, "300"],
      [container, "400"],
    ] as const) {
      mkdirSync(directory);
      if (pids.version === 2 && directory !== slice) delegate(join(directory, ".."));
      writeFileSync(join(directory, "pids.max"), max);
    }
  });
  afterAll(() => {
    for (const directory of [container, pod, slice]) rmdirSync(directory);
  });

  const seenLines = (prefix = "") =>
    `${prefix}${container}/pids.max: 400\n${prefix}${pod}/pids.max: 300\n${prefix}${slice}/pids.max: unlimited\n` +
    `${kernelLines}the limit of processes and threads is 300, set by ${prefix}${pod}/pids.max\n`;

  test("without requirements it tells every limit and passes", () => {
    expect(runLimits({}, enter)).toEqual({
      exitCode: 0,
      stdout: seenLines(),
      stderr: "",
      message: "",
    });
  });

  test("below the recommended limit it warns", () => {
    const said =
      `the limit of processes and threads is 300, below RECOMMENDED_MAX_PIDS_LIMIT=301, set by ${pod}/pids.max. ` +
      "Raise podPidsLimit in the kubelet's configuration (OpenShift: in a KubeletConfig) to at least 301, and restart the kubelet.\n";
    expect(runLimits({ RECOMMENDED_MAX_PIDS_LIMIT: "301" }, enter)).toEqual({
      exitCode: 0,
      stdout: seenLines(),
      stderr: `warning: ${said}`,
      message: said,
    });
  });

  test("below the minimum it fails, and names every limit to raise", () => {
    const said =
      `the limit of processes and threads is 300, below MINIMUM_MAX_PIDS_LIMIT=1000, set by ${pod}/pids.max. ` +
      "Raise pids_limit in CRI-O's configuration (OpenShift: pidsLimit in a ContainerRuntimeConfig) to at least 1000, and restart CRI-O. " +
      "Raise podPidsLimit in the kubelet's configuration (OpenShift: in a KubeletConfig) to at least 1000, and restart the kubelet.\n";
    const required = { MINIMUM_MAX_PIDS_LIMIT: "1000", RECOMMENDED_MAX_PIDS_LIMIT: "32768" };
    expect(runLimits(required, enter)).toEqual({
      exitCode: 1,
      stdout: seenLines(),
      stderr: said,
      message: said,
    });
  });

  const inPrivateNamespace = `${enter} && exec unshare --cgroup --mount sh -c 'umount ${pids.top} && mount ${pids.mountFlags} none ${pids.top} && exec "$LIMITS"'`;

  test("in a private cgroup namespace it warns of what it cannot see", () => {
    const cannot = `cannot see the limits of the cgroups above ${pids.top}: the view of this container ends there`;
    const said =
      `${cannot}, so MINIMUM_MAX_PIDS_LIMIT=350 may not be met. ` +
      "Run the pod with hostPID: true, privileged, and the host's /sys mounted.\n";
    expect(runLimits({ MINIMUM_MAX_PIDS_LIMIT: "350" }, inPrivateNamespace)).toEqual({
      exitCode: 0,
      stdout: `${pids.top}/pids.max: 400\n${kernelLines}${cannot}\nthe limit of processes and threads is 400, set by ${pids.top}/pids.max\n`,
      stderr: `warning: ${said}`,
      message: said,
    });
  });

  test("in a private cgroup namespace the root of a process outside shows the rest", () => {
    const hostRoot = `/proc/${process.pid}/root`;
    expect(runLimits({ HOST_ROOT: hostRoot }, inPrivateNamespace)).toEqual({
      exitCode: 0,
      stdout: seenLines(hostRoot),
      stderr: "",
      message: "",
    });
  });
});

/** Gives the children of a version 2 cgroup the pids controller. */
function delegate(directory: string): void {
  writeFileSync(join(directory, "cgroup.subtree_control"), "+pids");
}

function pidsHierarchy() {
  const mounts = readMounts().filter(({ root }) => root === "/");
  const version1 = mounts.find(
    ({ fsType, superOptions }) => fsType === "cgroup" && superOptions.includes("pids"),
  );
  if (version1 !== undefined) {
    const { mountPoint: top, superOptions } = version1;
    const mountFlags = `-t cgroup -o ${superOptions.filter((name) => name !== "rw").join(",")}`;
    return { version: 1, top, mountFlags, usable: mayCreate(top) };
  }
  const top = mounts.find(({ fsType }) => fsType === "cgroup2")?.mountPoint ?? "";
  const control = join(top, "cgroup.subtree_control");
  const delegated = existsSync(control) && read(control).split(" ").includes("pids");
  return { version: 2, top, mountFlags: "-t cgroup2", usable: delegated && mayCreate(top) };
}

function mayCreate(top: string): boolean {
  const probe = join(top, `storageos-init-probe-${process.pid}`);
  try {
    mkdirSync(probe);
    rmdirSync(probe);
    return true;
  } catch {
    return false;
  }
}
