import { type Result, fail, ok } from "../../result.ts";
import type { Host } from "../host.ts";
import { modprobeDirectories } from "./modprobe-config.ts";

/** How one modprobe ended; that it exited 0 does not prove that the module was loaded. */
export type ModprobeRun = { readonly status: number; readonly stderr: string };

/** Loads a module by name; the error says why modprobe itself could not be run. */
export type Modprobe = (module: string) => Result<ModprobeRun, string>;

/**
 * modprobe(8) under the host's rules, not the container's: its modprobe.d is read, and its
 * blacklist holds, as it does for systemd-modules-load at the next boot. A dry run loads nothing.
 */
export function hostModprobe(host: Host, { isDryRun = false } = {}): Modprobe {
  return (module) => {
    const directories = modprobeDirectories(host).flatMap((path) => ["-C", path]);
    const run = runKmod(["-b", ...(isDryRun ? ["-n"] : []), ...directories, module]);
    return run.ok ? ok({ status: run.value.status, stderr: run.value.stderr }) : run;
  };
}

/** Unloads one module, and not those that it needed: somebody else may have loaded them. */
export function unloadModule(module: string): Result<void, string> {
  const run = runKmod([module], "rmmod");
  if (!run.ok) return run;
  return run.value.status === 0 ? ok(undefined) : fail(run.value.stderr);
}

/** The compressions that this modprobe reads, by the file name's ending. */
export function readableCompressions(): string[] {
  const run = runKmod(["--version"]);
  if (!run.ok) return [];
  const features = { gz: "+ZLIB", xz: "+XZ", zst: "+ZSTD" };
  return Object.entries(features).flatMap(([ending, feature]) =>
    run.value.stdout.includes(feature) ? [ending] : [],
  );
}

function runKmod(
  args: string[],
  tool: "modprobe" | "rmmod" = "modprobe",
): Result<ModprobeRun & { readonly stdout: string }, string> {
  const path = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;
  const command = Bun.which(tool, { PATH: path });
  if (command === null) return fail(`cannot run ${tool}: it is not in ${path}`);
  const child = Bun.spawnSync([command, ...args], {
    env: { PATH: path, LC_ALL: "C" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  return ok({
    status: child.exitCode,
    stdout: child.stdout.toString(),
    stderr: withoutForeignWords(child.stderr.toString()),
  });
}

/** Some distributions have words in modprobe.d that other kmods do not know, and complain of each time. */
function withoutForeignWords(stderr: string): string {
  const lines = stderr
    .split("\n")
    .filter((line) => !line.includes("ignoring bad line starting with"));
  return lines.join("\n").trim();
}
