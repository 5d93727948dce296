import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fail, ok, type Result } from "../../../src/lib/result.ts";
import { parseMountinfo, type Mount } from "../../../src/lib/linux/mountinfo.ts";
import { messageOf } from "../../../src/lib/text/error.ts";

/** Where to look, and for which process. */
export type Surroundings = {
  /** The directory that holds proc/ and sys/: `/`, or a fixture's. */
  readonly root: string;
  /** The host's root directory as HOST_ROOT names it: `/proc/1/root` in a container, else `/`. */
  readonly hostRoot: string;
  readonly pid: number;
};

/** A file with a limit of processes and threads, and the limit. */
export type Limit = { readonly file: string; readonly value: number | "unlimited" };

export type Limits = {
  /** Of the process's own cgroup first, then of those above it. */
  readonly limits: readonly Limit[];
  /** A sentence, "cannot …", for each thing that could not be seen; empty if all is known. */
  readonly unseen: readonly string[];
};

/** A process's place in one hierarchy: a line of /proc/<pid>/cgroup, see cgroups(7). */
export type Membership = {
  /** Of a version 1 hierarchy, which may have several; empty for version 2. */
  readonly controllers: readonly string[];
  /** As seen from the reader's cgroup namespace: `/..` leads out of it. */
  readonly path: string;
};

/** The process's cgroup and those above it, as far up as they can be seen. */
type Chain = { readonly directories: readonly string[]; readonly complete: boolean };

/**
 * Reads pids.max of the process's cgroup and of every cgroup above it, in the hierarchy that has the
 * pids controller: its own of version 1 (alone or mounted together with others), else version 2.
 * A container in a private cgroup namespace sees the upper ones only through the host's mounts.
 */
export function readCgroupLimits(where: Surroundings): Limits {
  const membership = pidsMembership(where.root);
  if (membership === undefined) return { limits: [], unseen: [] };
  const views = viewsOf(membership, where);
  const chain = bestChain(views, membership, where);
  if (chain === undefined) return { limits: [], unseen: [whyNotFound(membership, views)] };
  // The hierarchy's root has none, nor has a version 2 cgroup without the controller.
  const files = chain.directories
    .map((directory) => join(directory, "pids.max"))
    .filter((file) => existsSync(join(where.root, file)));
  const { limits, unseen } = readLimits(files, where.root);
  if (chain.complete) return { limits, unseen };
  const above = `cannot see the limits of the cgroups above ${chain.directories.at(-1)}`;
  return { limits, unseen: [...unseen, `${above}: the view of this container ends there`] };
}

/** Reads files with a limit; what cannot be read, or makes no sense, is unseen. */
export function readLimits(files: readonly string[], root: string): Limits {
  const limits: Limit[] = [];
  const unseen: string[] = [];
  for (const file of files) {
    const read = readLimit(join(root, file));
    if (read.ok) limits.push({ file, value: read.value });
    else unseen.push(`cannot read ${file}: ${read.error}`);
  }
  return { limits, unseen };
}

function readLimit(path: string): Result<number | "unlimited", string> {
  try {
    const text = readFileSync(path, "utf8").trim();
    if (text === "max") return ok("unlimited");
    if (/^\d+$/.test(text)) return ok(Number(text));
    return fail(`${JSON.stringify(text)} is no number`);
  } catch (error) {
    return fail(messageOf(error));
  }
}

/** Reads the text of /proc/<pid>/cgroup; lines of another shape are left out. */
export function parseMemberships(text: string): Membership[] {
  return text.split("\n").flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) return [];
    return [{ controllers: controllers.split(",").filter((name) => name !== ""), path }];
  });
}

/** Undefined where no hierarchy could limit processes: a kernel without cgroups, or without pids. */
function pidsMembership(root: string): Membership | undefined {
  const text = readIfThere(join(root, "proc/self/cgroup"));
  if (text === undefined) return undefined;
  const memberships = parseMemberships(text);
  return (
    memberships.find(({ controllers }) => controllers.includes("pids")) ??
    memberships.find(({ controllers }) => controllers.length === 0)
  );
}

/** A mount of the hierarchy, and the directory where this process sees it. */
type View = { readonly mount: Mount; readonly top: string };

/** This process's mounts first; then the host's, which /proc/<pid>/root opens up. */
function viewsOf(membership: Membership, { root, hostRoot }: Surroundings): View[] {
  const own = visibleMounts(join(root, "proc/self/mountinfo")).map((mount) => ({
    mount,
    top: mount.mountPoint,
  }));
  const host = /^\/proc\/\d+\/root$/.test(hostRoot)
    ? visibleMounts(join(root, dirname(hostRoot), "mountinfo")).map((mount) => ({
        mount,
        top: join(hostRoot, mount.mountPoint),
      }))
    : [];
  const version1 = membership.controllers.includes("pids");
  return [...own, ...host].filter(({ mount }) =>
    version1
      ? mount.fsType === "cgroup" && mount.superOptions.includes("pids")
      : mount.fsType === "cgroup2",
  );
}

/** Of mounts on one mount point only the last is seen. */
function visibleMounts(path: string): Mount[] {
  const mounts = parseMountinfo(readIfThere(path) ?? "");
  return [...new Map(mounts.map((mount) => [mount.mountPoint, mount])).values()];
}

/** The first chain that reaches the hierarchy's root, else the one that reaches furthest. */
function bestChain(
  views: readonly View[],
  membership: Membership,
  where: Surroundings,
): Chain | undefined {
  let best: Chain | undefined;
  for (const view of views) {
    const chain = chainIn(view, membership, where);
    if (chain?.complete === true) return chain;
    if ((chain?.directories.length ?? 0) > (best?.directories.length ?? 0)) best = chain;
  }
  return best;
}

function chainIn(view: View, membership: Membership, where: Surroundings): Chain | undefined {
  const named = pathBelow(view.mount.root, membership.path);
  const below =
    named !== undefined && existsSync(join(where.root, view.top, named, "cgroup.procs"))
      ? named
      : findCgroup(join(where.root, view.top), where.pid);
  if (below === undefined) return undefined;
  const names = below.split("/").filter((name) => name !== "");
  const directories = names
    .map((_, index) => join(view.top, ...names.slice(0, index + 1)))
    .toReversed();
  return {
    directories: [...directories, view.top],
    complete: isHierarchyRoot(join(where.root, view.top), view.mount.fsType),
  };
}

/**
 * The path from a mount's root to a cgroup, undefined if it does not lead there by name: a mount of
 * the host seen from a private cgroup namespace has the root `/../..`, which hides the names.
 */
export function pathBelow(mountRoot: string, path: string): string | undefined {
  const base = mountRoot === "/" ? "" : mountRoot;
  if (path !== base && !path.startsWith(`${base}/`)) return undefined;
  const below = path.slice(base.length);
  return below.split("/").includes("..") ? undefined : below;
}

/** Looks for the cgroup that lists the process; cgroup.procs shows ids of the reader's namespace. */
function findCgroup(top: string, pid: number): string | undefined {
  const pending = [""];
  for (let below = pending.pop(); below !== undefined; below = pending.pop()) {
    const procs = readIfThere(join(top, below, "cgroup.procs"));
    if (procs?.split("\n").includes(String(pid)) === true) return below;
    pending.push(...childrenOf(join(top, below)).map((name) => join(below ?? "", name)));
  }
  return undefined;
}

/** Cgroups come and go while they are walked. */
function childrenOf(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch {
    return [];
  }
}

/** Only version 1's root has release_agent, only version 2's has no cgroup.events (kernel docs). */
function isHierarchyRoot(directory: string, fsType: string): boolean {
  return fsType === "cgroup2"
    ? !existsSync(join(directory, "cgroup.events"))
    : existsSync(join(directory, "release_agent"));
}

function whyNotFound({ path }: Membership, views: readonly View[]): string {
  const cannot = `cannot see the limit of this process's cgroup ${path}`;
  if (views.length === 0) return `${cannot}: its hierarchy is not mounted`;
  return `${cannot}: it is not found in ${[...new Set(views.map(({ top }) => top))].join(", ")}`;
}

/** A file's text; undefined if there is none or it cannot be read. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
