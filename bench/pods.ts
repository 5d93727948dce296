/**
 * What the init container adds to the start of a pod: from the end of a first init container to the
 * start of the main one, with our image between them, and with /bin/true from the same image. On the
 * cluster of KUBECONFIG; see docs/kubernetes.md for IMAGE and CLUSTER_LOAD.
 */
import { createNamespace, type Namespace, noImage, script } from "../test/cluster/deployment.ts";
import { configMapOf, EVENTS_RULE, podWith, roleFor } from "../test/cluster/manifests.ts";
import { median } from "./measure.ts";
import { printGoal, printTimes, printTitle } from "./print.ts";

const PODS = 10;
const SCRIPTS = 5;

/** Its times are those of the containers themselves; kubelet's are whole seconds. */
const CLOCK = ["date", "+%s%N"];

const CONTENDERS = {
  "/bin/true": "/bin/true",
  init: "/usr/bin/tini -s -- /init -scripts=/scripts",
};

/** Both in milliseconds: until the main container starts, and of that in the container itself. */
type Start = { readonly pod: number; readonly container: number };

export async function benchPods(): Promise<void> {
  printTitle(`start of a pod whose init container runs ${SCRIPTS} scripts that do nothing`);
  if (noImage !== undefined) {
    process.stdout.write(`  skipped: ${noImage}\n`);
    return;
  }
  const namespace = await createNamespace();
  try {
    await prepare(namespace);
    const starts: Record<keyof typeof CONTENDERS, Start[]> = { "/bin/true": [], init: [] };
    for (let round = -1; round < PODS; round += 1) {
      for (const contender of ["/bin/true", "init"] as const) {
        const start = await startPod(
          namespace,
          `pod-${round + 1}-${contender.replaceAll("/", "")}`,
          CONTENDERS[contender],
        );
        if (round >= 0) starts[contender].push(start); // the first round warms the caches
      }
    }
    for (const part of ["pod", "container"] as const) {
      const times = Object.entries(starts).map(([name, all]) => ({
        name: `${part}: ${name}`,
        ms: all.map((start) => start[part]),
      }));
      printTimes(times);
      const more = starts.init.map(
        (start, round) => start[part] - (starts["/bin/true"][round]?.[part] ?? Number.NaN),
      );
      printGoal(`${part}: init more`, median(more), { most: 150 }, "ms");
    }
  } finally {
    await namespace.remove();
  }
}

async function prepare(namespace: Namespace): Promise<void> {
  const scripts = Object.fromEntries(
    Array.from({ length: SCRIPTS }, (_, index) => [`0${index}-nothing`, script(":")]),
  );
  await namespace.apply(
    configMapOf(scripts),
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "bench" } },
    ...roleFor("bench", [EVENTS_RULE]),
  );
}

async function startPod(namespace: Namespace, name: string, command: string): Promise<Start> {
  const timed = `${CLOCK.join(" ")}; ${command} >/dev/null 2>&1; ${CLOCK.join(" ")}`;
  const options = { serviceAccountName: "bench", before: CLOCK, main: CLOCK };
  await namespace.apply(podWith(name, { ...options, command: ["bash", "-c", timed] }));
  await namespace.pod(
    ({ metadata, status }) => metadata?.name === name && status?.phase === "Succeeded",
    `the end of pod ${name}`,
  );
  const [before, init, main] = await Promise.all(
    ["before", "storageos-init", "main"].map(async (container) =>
      clocksOf(namespace, name, container),
    ),
  );
  await namespace.kubectl(["delete", "pod", name, "--wait=false"]);
  return { pod: between(before?.[0], main?.[0]), container: between(init?.[0], init?.[1]) };
}

async function clocksOf(
  namespace: Namespace,
  pod: string,
  container: string,
): Promise<readonly bigint[]> {
  const log = await namespace.kubectl(["logs", pod, "-c", container]);
  return log.split("\n").filter(Boolean).map(BigInt);
}

function between(start: bigint | undefined, end: bigint | undefined): number {
  return start === undefined || end === undefined ? Number.NaN : Number(end - start) / 1e6;
}
