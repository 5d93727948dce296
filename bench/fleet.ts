/** A fleet in the middle of a bad night: most nodes prepared, some failing, each in one of many ways. */
import {
  CRASH_LOOP,
  makePod,
  runningMessage,
  terminated,
  terminationMessage,
  type ScriptEnd,
} from "./pod-list.ts";

const SCRIPTS: readonly (readonly [script: string, usualMs: number])[] = [
  ["05-requirements/aio.ts", 24],
  ["05-requirements/etcd.ts", 61],
  ["05-requirements/mount-propagation.ts", 22],
  ["05-requirements/ports.ts", 26],
  ["10-enable-lio/enable-lio.ts", 240],
  ["20-limits/limits.ts", 31],
  ["30-dbupgrade/dbupgrade.ts", 900],
];

const RELEASES = ["5.4.0-42-generic", "5.15.0-91-generic", "5.15.0-105-generic"];

/** The pod of one node; of every 1,000 nodes, about 8 are not prepared. */
export function makeFleetPod(index: number): Record<string, unknown> {
  const slot = (index * 613) % 1000;
  if (slot < 4) return crashLooping(index, 4, "failed", missingModule(index), 7);
  if (slot < 6) return crashLooping(index, 1, "failed", NO_ETCD, 3 + (index % 5));
  if (slot < 7) return crashLooping(index, 6, "timed-out", "", 1);
  if (slot < 8) {
    const state = { running: { startedAt: "2026-11-22T02:14:00Z" } };
    return makePod({ index, state });
  }
  if (slot < 9) {
    const message = runningMessage("30-dbupgrade/dbupgrade.ts");
    return makePod({
      index,
      restarts: 2,
      state: CRASH_LOOP,
      lastState: terminated(137, message, "OOMKilled"),
    });
  }
  if (slot < 21) {
    const ends = ended(
      index,
      5,
      "warned",
      "32768 PIDs are recommended, 4096 are allowed\nRaise the kubelet's podPidsLimit",
    );
    return makePod({ index, state: terminated(0, terminationMessage(ends)) });
  }
  return makePod({ index, state: terminated(0, terminationMessage(ended(index))) });
}

const NO_ETCD =
  "no etcd answers at https://etcd-0.example.com:2379: connection refused\nStart etcd, or correct ETCD_ENDPOINTS";

function missingModule(index: number): string {
  const release = RELEASES[index % RELEASES.length];
  return `Module tcm_loop not found for kernel ${release}\nInstall linux-modules-extra-${release}, then delete this pod`;
}

function crashLooping(
  index: number,
  script: number,
  verdict: "failed" | "timed-out",
  message: string,
  restarts: number,
): Record<string, unknown> {
  const lastState = terminated(
    verdict === "failed" ? 1 : 4,
    terminationMessage(ended(index, script, verdict, message)),
  );
  return makePod({ index, restarts, state: CRASH_LOOP, lastState });
}

/** All scripts pass, but for one; after a failure the rest is cancelled. */
function ended(
  index: number,
  remarkable = Infinity,
  verdict: ScriptEnd["verdict"] = "passed",
  message = "",
): readonly ScriptEnd[] {
  const isEnd = verdict === "failed" || verdict === "timed-out";
  return SCRIPTS.map(([script, usualMs], place) => {
    if (isEnd && place > remarkable) return { script, verdict: "cancelled", durationMs: 0 };
    const durationMs = Math.round(usualMs * spread(index, place));
    if (place !== remarkable) return { script, verdict: "passed", durationMs };
    return { script, verdict, durationMs, message };
  });
}

/** From 0.7 to about 2, with a long tail for a few nodes. */
function spread(index: number, place: number): number {
  const noise = ((index * 7919 + place * 104_729) % 1000) / 1000;
  return (0.7 + noise ** 3 * 1.4) * ((index * 31 + place) % 997 === 0 ? 18 : 1);
}
