/** Thirty starts in one pod leave one event, and the thirtieth costs what the first did. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Pod } from "kubernetes-types/core/v1";
import {
  createNamespace,
  eventually,
  hasEnded,
  type Namespace,
  noImage,
  script,
} from "./deployment.ts";
import { configMapOf, EVENTS_RULE, podWith, roleFor } from "./manifests.ts";

const STARTS = 30;

/** kubelet takes hours for thirty restarts; a loop in the container starts the program instead. */
const LOOP = `
for start in $(seq ${STARTS}); do
  before=$EPOCHREALTIME
  /init -scripts=/scripts
  echo "status $?, took $(( (\${EPOCHREALTIME/./} - \${before/./}) / 1000 )) ms"
done
exit 1`;

/** The program is the script's parent; VmHWM is its peak of resident memory. */
const FAILS = script('echo "peak $(grep VmHWM "/proc/$PPID/status" | tr -dc 0-9) kB"', "exit 7");

describe.skipIf(noImage !== undefined)(`${STARTS} starts in one pod`, () => {
  let namespace: Namespace;
  let pod: Pod;
  let log: string;

  beforeAll(async () => {
    namespace = await createNamespace();
    await namespace.apply(
      configMapOf({ "01-fails": FAILS }),
      { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "loop" } },
      ...roleFor("loop", [EVENTS_RULE]),
      podWith("loop", { command: ["bash", "-c", LOOP], serviceAccountName: "loop" }),
    );
    pod = await namespace.pod(hasEnded, "the end of the loop");
    log = await namespace.logs(pod, "--tail=-1");
  }, 300_000);
  afterAll(async () => namespace.remove());

  test("each ends as the first did", () => {
    expect(log.match(/^status 1,/gm)?.length).toBe(STARTS);
  });

  test("one event counts them all", async () => {
    const events = await eventually("the last count", async () => {
      const found = await namespace.events(pod);
      return found.some(({ count }) => count === STARTS) ? found : undefined;
    });
    expect(events.map(({ reason, count }) => [reason, count])).toEqual([["ScriptFailed", STARTS]]);
  });

  test("the last needs no more memory than the first ones", () => {
    const peaks = numbers(log, /^peak (\d+) kB$/gm);
    expect(peaks.length).toBe(STARTS);
    expect(median(peaks.slice(-5))).toBeLessThan(median(peaks.slice(0, 5)) * 1.2);
    const took = numbers(log, /^status 1, took (\d+) ms$/gm);
    // For whoever reads: a claim about time would fail on a busy machine.
    process.stderr.write(
      `starts 1-5: ${median(took.slice(0, 5))} ms, ${median(peaks.slice(0, 5))} kB; last five: ${median(took.slice(-5))} ms, ${median(peaks.slice(-5))} kB\n`,
    );
  });
});

function numbers(text: string, pattern: RegExp): readonly number[] {
  return [...text.matchAll(pattern)].map(([, digits]) => Number(digits));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
