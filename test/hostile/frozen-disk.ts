import { mkdirSync, readFileSync, existsSync } from "node:fs";
import { isRoot } from "../namespaces.ts";
import { runInit, type Ended, type RunOptions } from "../run-init.ts";
import { temporaryDirectory } from "../temporary.ts";

/**
 * A run in a mount namespace with a disk of its own (ext4 on a loop device) that fsfreeze(8) freezes:
 * what writes to it sleeps where no signal ends it, as on a network disk that is gone. It is thawed
 * again when the run has ended, or after a minute.
 */
const WITH_DISK = `
disk=$1 freeze=$2 own_pids=$3; shift 3
truncate -s 32M "$disk.img" && mkfs.ext4 -q "$disk.img" && mount -o loop "$disk.img" "$disk"
mkdir "$disk/host" && : >"$disk/termination-log"
[ -z "$SCRIPTS_FOR_DISK" ] || cp -r "$SCRIPTS_FOR_DISK" "$disk/scripts"
[ "$freeze" = no ] || fsfreeze -f "$disk"
thaw_when_asked() {
  for _ in $(seq 600); do [ -e "$disk.thaw" ] && break; sleep 0.1; done
  fsfreeze -u "$disk"
}
thaw_when_asked >/dev/null 2>&1 & thawing=$!
date +%s%3N >"$disk.start"
if [ "$own_pids" = no ]; then "$@"; else unshare --pid --fork --mount-proc "$@"; fi
status=$?
date +%s%3N >"$disk.end"
: >"$disk.thaw"; wait $thawing
for _ in $(seq 100); do umount "$disk" 2>/dev/null && break; sleep 0.1; done
exit $status
`;

/** A script that freezes the disk that it is given as DISK. */
export const FREEZE = 'fsfreeze -f "$DISK"';

export type FrozenRun = Ended & {
  /** From the start of init to its first line, and to its end. */
  readonly firstLineMs: number;
  readonly tookMs: number;
};

export type Disk = {
  readonly path: string;
  /** A state directory on it, whose parent exists. */
  readonly stateDir: string;
  readonly terminationLog: string;
  /** Lets what sleeps on it go on. */
  readonly thaw: () => void;
};

export function makeDisk(): Disk {
  const path = `${temporaryDirectory("disk")}/disk`;
  mkdirSync(path);
  return {
    path,
    stateDir: `${path}/host/init`,
    terminationLog: `${path}/termination-log`,
    thaw: () => void Bun.spawnSync(["touch", `${path}.thaw`]),
  };
}

export type FreezeOptions = {
  readonly isFrozenFirst?: boolean;
  /** As in a container without hostPID. */
  readonly hasOwnPids?: boolean;
  /** A directory that is copied to the disk, as `scripts`, before it freezes. */
  readonly scripts?: string;
} & Pick<RunOptions, "mayLeave">;

export async function runOnDisk(
  { path }: Disk,
  args: readonly string[],
  { isFrozenFirst = false, hasOwnPids = false, scripts = "", ...options }: FreezeOptions = {},
): Promise<FrozenRun> {
  const [freeze, ownPids] = [isFrozenFirst, hasOwnPids].map((is) => (is ? "yes" : "no"));
  const ended = await runInit(args, {
    ...options,
    env: { DISK: path, SCRIPTS_FOR_DISK: scripts },
    wrap: [
      "unshare",
      "--mount",
      "bash",
      "-c",
      WITH_DISK,
      "bash",
      path,
      freeze ?? "",
      ownPids ?? "",
    ],
  });
  const time = (name: string): number => Number(readFileSync(`${path}.${name}`, "utf8"));
  const [firstLine = ""] = ended.stderr.toString().split(" ");
  return {
    ...ended,
    firstLineMs: Date.parse(firstLine) - time("start"),
    tookMs: time("end") - time("start"),
  };
}

/** Whether this machine lets a test freeze a disk of its own. */
export function canFreeze(): boolean {
  if (!isRoot || !existsSync("/dev/loop-control")) return false;
  const disk = makeDisk();
  const tried = Bun.spawnSync(
    ["unshare", "--mount", "bash", "-c", WITH_DISK, "bash", disk.path, "yes", "no", "true"],
    { stderr: "ignore" },
  );
  return tried.exitCode === 0;
}
