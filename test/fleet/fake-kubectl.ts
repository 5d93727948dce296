/**
 * A kubectl of the tests' own, for what a real cluster does not do on demand: refuse, break off,
 * expire a watch. It answers with files, in the order of its calls, and notes its arguments.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OWNER } from "../../bench/pod-list.ts";
import { temporaryDirectory } from "../temporary.ts";

export type Answer = {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitStatus?: number;
  /** Does not end by itself, as a watch of which nothing comes. */
  readonly isOpen?: boolean;
};

export type FakeKubectl = {
  readonly path: string;
  /** The arguments of each call, without those for DaemonSets and their events. */
  readonly calls: () => readonly string[];
};

/**
 * @param answers in the order of the calls; the last one is given to every further call
 * @param special answers to calls with this text in their arguments, whatever their order
 */
export function fakeKubectl(
  answers: readonly Answer[],
  special: Readonly<Record<string, Answer>> = {},
): FakeKubectl {
  const directory = temporaryDirectory("kubectl");
  const all = [...answers, ...Object.values(special)];
  for (const [index, answer] of all.entries()) {
    writeFileSync(join(directory, `stdout.${index}`), answer.stdout ?? "");
    writeFileSync(join(directory, `stderr.${index}`), answer.stderr ?? "");
    writeFileSync(join(directory, `status.${index}`), String(answer.exitStatus ?? 0));
    if (answer.isOpen === true) writeFileSync(join(directory, `open.${index}`), "");
  }
  writeFileSync(join(directory, "calls"), "");
  writeFileSync(join(directory, "daemonsets"), JSON.stringify(DAEMON_SETS));
  writeFileSync(join(directory, "events"), JSON.stringify({ kind: "EventList", items: [] }));
  const cases = Object.keys(special).map(
    (text, index) => `*"${text}"*) n=${answers.length + index};;`,
  );
  const path = join(directory, "kubectl");
  writeFileSync(path, scriptOf(directory, answers.length - 1, cases), { mode: 0o755 });
  return {
    path,
    calls: () => readFileSync(join(directory, "calls"), "utf8").trimEnd().split("\n"),
  };
}

function scriptOf(directory: string, last: number, cases: readonly string[]): string {
  return `#!/bin/sh
cd ${directory}
case "$*" in
*"/daemonsets?"*) exec cat daemonsets ;;
*"/events?"*) exec cat events ;;
esac
n=$(wc -l < calls)
echo "$*" >> calls
[ "$n" -gt ${last} ] && n=${last}
case "$*" in ${cases.join(" ")} "") ;; esac
cat stdout.$n
cat stderr.$n >&2
[ -e open.$n ] && exec sleep 1000
exit $(cat status.$n)
`;
}

/** The DaemonSet of the tests' pods. */
const DAEMON_SETS = {
  kind: "DaemonSetList",
  items: [
    {
      metadata: { namespace: "kube-system", name: OWNER.name, uid: OWNER.uid, generation: 1 },
      spec: { template: { spec: { initContainers: [{ name: "storageos-init" }] } } },
      status: { observedGeneration: 1, desiredNumberScheduled: 1 },
    },
  ],
};

/** The list call that status makes by default. */
export const LIST =
  "get --raw /api/v1/pods?labelSelector=app%3Dstorageos%2Ckind%3Ddaemonset&limit=1000";

/** The answer to it. */
export function list(...pods: readonly unknown[]): Answer {
  const metadata = { resourceVersion: "100" };
  return { stdout: JSON.stringify({ kind: "PodList", metadata, items: pods }) };
}
