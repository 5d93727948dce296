/** Takes back what enableLio did on a host: as long as nobody uses or has changed it. */
import { readdirSync, rmSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { syncDirectory } from "../../../src/lib/linux/durable-file.ts";
import { type Host, readText } from "../../../src/lib/linux/host.ts";
import { kernelModule, LIO_MODULES } from "../../../src/lib/linux/modules/known.ts";
import { moduleState } from "../../../src/lib/linux/modules/modules.ts";
import { type Failure, failureOf } from "../../../src/lib/failure/failure.ts";
import { LIO } from "../../../src/lib/failure/topics/lio.ts";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { FILE } from "./boot-modules.ts";
import { MOUNT_POINT } from "./configfs.ts";
import type { Deeds } from "./deeds.ts";
import { ofLinuxIo } from "./load.ts";
import { unmount } from "./mount.ts";

export type Undoing = {
  readonly host: Host;
  readonly deeds: Deeds;
  /** Unloads one module that nothing uses; the error is what rmmod printed. */
  readonly rmmod: (module: string) => Result<void, string>;
  readonly say: (line: string) => void;
};

/** Gives what stays because it is in use, as warnings; a file that cannot be removed is a failure. */
export async function undoLio(undoing: Undoing): Promise<Result<readonly Failure[], Failure>> {
  const { host, deeds, say } = undoing;
  const removed = removeBootFile(host, deeds.bootFile);
  if (!removed.ok) return removed;
  if (removed.value !== "") say(removed.value);
  if (deeds.hasMadeLoopback) removeLoopback(host, say);
  const loaded = ofLinuxIo(host, deeds.loaded);
  // configfs itself goes last: the others use it, and its mount.
  const left = unload(
    undoing,
    loaded.filter((name) => name !== "configfs"),
  );
  const own = left.filter((name) => Object.hasOwn(LIO_MODULES, name));
  if (own.length > 0) return ok([inUse(host, own)]);
  for (const name of left) say(`module ${name}: in use by others, and stays`);
  if (deeds.hasMounted) {
    const unmounted = await unmount(MOUNT_POINT);
    if (!unmounted.ok) return ok([failureOf(LIO, "LioStillInUse", { what: unmounted.error })]);
    say(`configfs unmounted from ${MOUNT_POINT}`);
  }
  const last = unload(
    undoing,
    loaded.filter((name) => name === "configfs"),
  );
  return ok(last.length > 0 ? [inUse(host, last)] : []);
}

function removeBootFile(host: Host, written: string | undefined): Result<string, Failure> {
  const path = join(host.root, FILE);
  const text = readText(path);
  if (text === undefined || written === undefined) return ok("");
  if (text !== written) return ok(`/${FILE} was changed since it was written, and stays`);
  try {
    rmSync(path);
    syncDirectory(dirname(path));
    return ok(`/${FILE} removed`);
  } catch (error) {
    const why = (error as Error).message;
    return fail(failureOf(LIO, "BootFileNotRemoved", { file: `/${FILE}`, why }));
  }
}

/** The kernel removes it only if no target is in it; then its modules show as used. */
function removeLoopback(host: Host, say: (line: string) => void): void {
  try {
    rmdirSync(join(host.sys, "kernel/config/target/loopback"));
    say("target/loopback removed");
  } catch {
    // The modules that it needs tell.
  }
}

/** Unloads what nothing uses, until nothing more goes; gives those that stay. */
function unload({ host, rmmod, say }: Undoing, names: readonly string[]): readonly string[] {
  let left = names.filter((name) => moduleState(host, kernelModule(name)) === "live");
  for (;;) {
    const gone = left.toReversed().find((name) => isUnused(host, name) && rmmod(name).ok);
    if (gone === undefined) return left;
    say(`module ${gone}: unloaded`);
    left = left.filter((name) => name !== gone);
  }
}

/** Documentation/ABI/stable/sysfs-module: users of any kind, modules among them. */
function isUnused(host: Host, name: string): boolean {
  return readText(join(host.sys, "module", name, "refcnt"))?.trim() === "0";
}

function inUse(host: Host, left: readonly string[]): Failure {
  const users = new Set(left.flatMap((name) => holdersOf(host, name)));
  const others = [...users].filter((name) => !left.includes(name));
  const by = others.length === 0 ? "" : `, by ${others.join(", ")}`;
  const modules = `kernel module${left.length === 1 ? "" : "s"} ${left.join(", ")}`;
  return failureOf(LIO, "LioStillInUse", { what: `${modules} in use${by}` });
}

function holdersOf(host: Host, name: string): readonly string[] {
  try {
    return readdirSync(join(host.sys, "module", name, "holders"));
  } catch {
    return [];
  }
}
