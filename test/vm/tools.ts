/** The programs that the harness runs on this machine, and the Debian packages that bring them. */
const PACKAGES = {
  "qemu-system-x86_64": "qemu-system-x86",
  busybox: "busybox-static",
  modprobe: "kmod",
  cpio: "cpio",
  "dpkg-deb": "dpkg",
  bash: "bash",
  setpriv: "util-linux",
  unshare: "util-linux",
  mount: "mount",
  umount: "mount",
  xz: "xz-utils",
  zstd: "zstd",
  "mkfs.ext4": "e2fsprogs",
  "mkfs.xfs": "xfsprogs",
} as const;

export type Tool = keyof typeof PACKAGES;

const PATH = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;

/** Where a program is; throws when it is not installed. */
export function pathOf(tool: string): string {
  const path = Bun.which(tool, { PATH });
  if (path === null) throw new Error(`cannot find ${tool}`);
  return path;
}

/** Runs a program to its end and gives its stdout; throws with what it said if it fails. */
export async function run(command: readonly string[], cwd = "."): Promise<string> {
  const [tool = "", ...args] = command;
  const child = Bun.spawn([pathOf(tool), ...args], {
    cwd,
    env: { ...process.env, PATH, LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  if ((await child.exited) !== 0) {
    throw new Error(
      `cannot run ${command.join(" ")}: exit status ${child.exitCode}: ${stderr.trim()}`,
    );
  }
  return stdout;
}

/** Installs what is missing when this is Debian and we are root; else throws, saying what to install. */
export async function ensureTools(progress: (line: string) => void): Promise<void> {
  const tools = Object.keys(PACKAGES) as Tool[];
  const missing = tools.filter((tool) => Bun.which(tool, { PATH }) === null);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((tool) => PACKAGES[tool]))];
  const install = ["apt-get", "install", "-y", "--no-install-recommends", ...packages];
  if (Bun.which("apt-get", { PATH }) === null || process.getuid?.() !== 0) {
    throw new Error(
      `cannot start the virtual machine: ${missing.join(", ")} not found. On Debian: sudo ${install.join(" ")}`,
    );
  }
  progress(`installing ${packages.join(", ")}`);
  await apt(["update"]);
  await apt(install.slice(1));
}

/** Runs apt-get; an archive that cannot be reached is an error after seconds, not minutes. */
export async function apt(args: readonly string[]): Promise<void> {
  const patience = ["-o", "Acquire::http::Timeout=10", "-o", "Acquire::Retries=0"];
  const strict = ["-o", "APT::Update::Error-Mode=any"];
  try {
    await run(["apt-get", ...patience, ...strict, ...args]);
  } catch (error) {
    throw new Error(
      `cannot get Debian's packages: ${(error as Error).message}\nCheck the network, and the proxy in http_proxy and in /etc/apt/apt.conf.d (apt-config dump Acquire::http::Proxy).`,
      { cause: error },
    );
  }
}
