import { CRASH_LOOP, makePod, terminated } from "../../bench/pod-list.ts";

/** Texts that nodes, pods and scripts are called: markup, terminal control, text turned around, a cell's end, a code span's end. */
export const ATTACKS = [
  "\u001b[2J\u001b]0;title\u0007\u009b31mred",
  "<script>alert(1)</script><img src=x onerror=alert(1)>",
  '"><svg onload=alert(1)>',
  "</script><script>alert(1)</script><!--",
  "\u202egnirts\u2066 \u200b\ufeff",
  "`</code>` | **bold** | ``x`` [a](javascript:alert(1)) @everyone",
  "{{data}} {{policy}} $& $1",
  "a\r\nb\u2028c\u0000d\tE",
];

export function attackedPod(attack: string, index: number): Record<string, unknown> {
  const fields = {
    v: 1,
    outcome: "failed",
    script: attack,
    init: attack,
    nodeImage: attack,
    scripts: [{ name: attack, outcome: "failed", ms: 1 }],
  };
  const message = `${attack}: ${attack}. ${attack}\n${JSON.stringify(fields)}`;
  const lastState = terminated(1, message, attack);
  const pod = makePod({ index, node: attack, restarts: 1, state: CRASH_LOOP, lastState });
  return { ...pod, metadata: { ...(pod["metadata"] as object), name: attack, namespace: attack } };
}
