import { failureOf } from "../../../src/lib/failure/failure.ts";
import { REQUIREMENTS } from "../../../src/lib/failure/topics/requirements.ts";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Host, readText } from "../../../src/lib/linux/host.ts";
import { seesAllProcesses } from "../../../src/lib/linux/pod.ts";
import { findHolders, type Holder } from "../../../src/lib/linux/processes.ts";
import { type Finding, met, warning } from "../../../src/lib/linux/checks/finding.ts";
import { type Environment, readSwitch } from "./settings.ts";

/** A device whose data a program in user space serves (Documentation/target/tcmu-design.rst). */
export type TcmuDevice = {
  /** Its path below target/core in configfs: `user_0/disk1`. */
  readonly name: string;
  readonly holder: Holder | undefined;
};

/** Whether no other program uses TCMU: with two of them data is lost. */
export function checkTcmu(host: Host, env: Environment): Finding {
  if (readSwitch(env, "DISABLE_TCMU")) return met("TCMU: not used (DISABLE_TCMU)");
  return judgeTcmu(findDevices(host), seesAllProcesses());
}

/** A device that nobody serves was left behind and is in nobody's way; where that cannot be told it counts. */
export function judgeTcmu(devices: readonly TcmuDevice[], holdersAreSeen: boolean): Finding {
  const others = devices.filter(({ holder }) =>
    holder === undefined ? !holdersAreSeen : !holder.isOwnPod,
  );
  if (others.length === 0) return met("TCMU: no other program uses it");
  const named = others.slice(0, NAMED).map(describe).join(", ");
  const all = others.length > NAMED ? `${named} and ${others.length - NAMED} more` : named;
  const isSeen = others.some(({ holder }) => holder !== undefined);
  const about = isSeen ? { devices: all } : { devices: all, unseen: "yes" };
  return warning(failureOf(REQUIREMENTS, "TcmuInUse", about));
}

/** How many devices a line names; the rest are counted. */
const NAMED = 5;

function describe({ name, holder }: TcmuDevice): string {
  return holder === undefined ? name : `${name} (${holder.name}, pid ${holder.pid})`;
}

/** The kernel names the uio device of each `tcm-user/<hba>/<device>/<configuration>`. */
function findDevices(host: Host): TcmuDevice[] {
  const core = join(host.sys, "kernel/config/target/core");
  const names = directoriesIn(core)
    .filter((hba) => hba.startsWith("user_"))
    .flatMap((hba) => directoriesIn(join(core, hba)).map((device) => `${hba}/${device}`))
    .toSorted();
  const files = uioFiles(host);
  const holders = findHolders(new Set(names.flatMap((name) => files.get(name) ?? [])));
  return names.map((name) => ({ name, holder: holders.get(files.get(name) ?? "") }));
}

/** `user_0/disk1` to `/dev/uio0`. */
function uioFiles(host: Host): Map<string, string> {
  const directory = join(host.sys, "class/uio");
  return new Map(
    directoriesIn(directory).flatMap((uio) => {
      const name = readText(join(directory, uio, "name")) ?? "";
      const [, hba, device] = /^tcm-user\/(\d+)\/([^/]+)/.exec(name) ?? [];
      return hba === undefined ? [] : [[`user_${hba}/${device}`, `/dev/${uio}`] as const];
    }),
  );
}

function directoriesIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  const entries = readdirSync(directory, { withFileTypes: true });
  return entries.filter((entry) => !entry.isFile()).map(({ name }) => name);
}
