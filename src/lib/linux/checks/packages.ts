import { existsSync } from "node:fs";
import { join } from "node:path";
import { failureOf } from "../../failure/failure.ts";
import { CHECKS } from "../../failure/topics/checks.ts";
import { fail, ok, type Result } from "../../result.ts";
import { plainLine } from "../../text/utf8.ts";
import { readText, type Host } from "../host.ts";
import { readOsRelease } from "../modules/os-release.ts";
import type { Checked } from "./checked.ts";

/** Whether a package is installed on the node, by its package manager's own database. */
export function checkPackage(name: string, host: Host): Checked {
  if (!/^[A-Za-z0-9][\w.+:-]{0,200}$/.test(name))
    return fail({ usage: `"${name}" is not the name of a package` });
  const found = lookUp(name, host.root);
  if (!found.ok) {
    return fail(failureOf(CHECKS, "PackagesUnknown", { root: host.root, why: found.error }));
  }
  const { version, install } = found.value;
  if (version !== undefined) return ok(`package ${name}: ${version}`);
  const { prettyName: os } = readOsRelease(host);
  const advice = `Run "${install} ${name}" on the node`;
  return fail(failureOf(CHECKS, "PackageMissing", { package: name, os, advice }));
}

type Found = {
  /** undefined if it is not installed. */
  readonly version: string | undefined;
  /** What installs packages there. */
  readonly install: string;
};

function lookUp(name: string, root: string): Result<Found, string> {
  const dpkg = readText(join(root, "var/lib/dpkg/status"));
  if (dpkg !== undefined && dpkg !== "") {
    return ok({ version: versionInDpkg(dpkg, name), install: "apt-get install" });
  }
  const apk = readText(join(root, "lib/apk/db/installed"));
  if (apk !== undefined) return ok({ version: versionInApk(apk, name), install: "apk add" });
  const hasRpm = ["var/lib/rpm", "usr/lib/sysimage/rpm"].some((path) =>
    existsSync(join(root, path)),
  );
  if (!hasRpm) return fail("no database of dpkg, apk or rpm");
  return askRpm(name, root);
}

/** Paragraphs of fields (deb-control(5)); `Status` ends in `installed` only where it is unpacked and set up. */
export function versionInDpkg(status: string, name: string): string | undefined {
  for (const paragraph of status.split("\n\n")) {
    const fields = new Map(
      paragraph.split("\n").flatMap((line): [string, string][] => {
        const at = line.indexOf(": ");
        return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 2)]];
      }),
    );
    const isIt =
      fields.get("Package") === name && (fields.get("Status") ?? "").endsWith(" installed");
    if (isIt) return fields.get("Version");
  }
  return undefined;
}

/** Paragraphs with one letter for each field: P the name, V the version (apk's installed database). */
export function versionInApk(installed: string, name: string): string | undefined {
  const lines = installed.split("\n\n").find((one) => one.split("\n").includes(`P:${name}`));
  return lines
    ?.split("\n")
    .find((line) => line.startsWith("V:"))
    ?.slice(2);
}

/** rpm of the node itself: the form of its database changes from release to release. */
function askRpm(name: string, root: string): Result<Found, string> {
  const rpm = ["rpm", "-q", "--queryformat", "%{VERSION}-%{RELEASE}\n", name];
  const command = root === "/" ? rpm : ["chroot", root, ...rpm];
  try {
    const { exitCode, stdout, stderr } = Bun.spawnSync(command, { stdin: null });
    const install = existsSync(join(root, "usr/bin/zypper")) ? "zypper install" : "dnf install";
    const line = plainLine(stdout.toString().split("\n")[0] ?? "");
    if (exitCode === 0) return ok({ version: line, install });
    if (exitCode === 1 && line.includes("is not installed"))
      return ok({ version: undefined, install });
    return fail(plainLine(stderr.toString()) || `rpm exited ${exitCode}`);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}
