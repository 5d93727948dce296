import type { Entries, Entry, Params } from "./failure.ts";
import { CHECKS } from "./topics/checks.ts";
import { CHOICE } from "./topics/choice.ts";
import { CLUSTER } from "./topics/cluster.ts";
import { DATABASE_FILES } from "./topics/database-files.ts";
import { DATABASE_FORMAT } from "./topics/database-format.ts";
import { DBUPGRADE } from "./topics/dbupgrade.ts";
import { DISCOVERY } from "./topics/discovery.ts";
import { RUN } from "./topics/run.ts";
import { RECORD } from "./topics/record.ts";
import { LIO } from "./topics/lio.ts";
import { MODULE_REFUSALS } from "./topics/module-refusals.ts";
import { MODULES } from "./topics/modules.ts";
import { ETCD } from "./topics/etcd.ts";
import { FLEET } from "./topics/fleet.ts";
import { FLEET_GAPS } from "./topics/fleet-gaps.ts";
import { FLEET_LOGS } from "./topics/fleet-logs.ts";
import { FLEET_PREFLIGHT } from "./topics/fleet-preflight.ts";
import { FLEET_NODES } from "./topics/fleet-nodes.ts";
import { LIMITS } from "./topics/limits.ts";
import { REQUIREMENTS } from "./topics/requirements.ts";
import { RESOURCES } from "./topics/resources.ts";
import { SCRIPTS } from "./topics/scripts.ts";

/** Failures that an operator meets in the same place. */
export type Topic = { readonly title: string; readonly entries: Entries };

/** Every failure of the project. Loaded to explain one, never to run a script. */
export const TOPICS: readonly Topic[] = [
  { title: "How scripts end", entries: SCRIPTS },
  { title: "The kernel and its limits", entries: RUN },
  { title: "Before the first script starts", entries: DISCOVERY },
  { title: "Choosing scripts", entries: CHOICE },
  { title: "The state directory and its record", entries: RECORD },
  { title: "The Kubernetes API", entries: CLUSTER },
  { title: "init status: nodes", entries: FLEET_NODES },
  { title: "init status: nodes without a pod", entries: FLEET_GAPS },
  { title: "init status and logs: what they look at", entries: FLEET },
  { title: "init logs", entries: FLEET_LOGS },
  { title: "init preflight", entries: FLEET_PREFLIGHT },
  { title: "init check", entries: CHECKS },
  { title: "Bundled script 01-lio: kernel modules", entries: MODULES },
  { title: "Bundled script 01-lio: what forbids loading modules", entries: MODULE_REFUSALS },
  { title: "Bundled script 01-lio: configfs and Linux-IO", entries: LIO },
  { title: "Bundled script 02-limits: processes and threads", entries: LIMITS },
  { title: "Bundled scripts 05-requirements: the node", entries: REQUIREMENTS },
  { title: "Bundled scripts 05-requirements: mounts, ports, storage", entries: RESOURCES },
  { title: "Bundled scripts 05-requirements: etcd", entries: ETCD },
  { title: "Bundled script 10-dbupgrade-v1v2: the metadata database", entries: DBUPGRADE },
  { title: "Bundled script 10-dbupgrade-v1v2: v1 or v2", entries: DATABASE_FORMAT },
  { title: "Bundled script 10-dbupgrade-v1v2: directories and files", entries: DATABASE_FILES },
];

/** An entry with its code, and cause and fix for the values of its example. */
export type Explained = {
  readonly code: string;
  readonly entry: Entry;
  readonly cause: string;
  readonly fix: string;
};

/** All entries of a topic in their order. */
export function explainedEntries({ entries }: Topic): readonly Explained[] {
  return Object.entries(entries).map(([code, entry]) => {
    const { cause, fix, example } = entry as unknown as Entry<Params>;
    return { code, entry, cause: cause(example), fix: fix(example) };
  });
}
