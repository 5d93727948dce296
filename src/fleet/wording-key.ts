/** What a wording is about: names in it that say only where it happened. */
export type Place = { readonly node: string; readonly pod: string | undefined };

/**
 * Wordings that differ only in names, numbers or releases have the same key: `Module uio not found
 * in /lib/modules/5.4.0-42-generic` on one node, `…/5.15.0-91-generic` on another. Exit statuses
 * stay, since one number is another cause.
 */
export function keyOfWording(text: string, place: Place): string {
  let key = withoutNames(text, place);
  for (const [pattern, word] of VARIABLE_PARTS) key = key.replaceAll(pattern, word);
  return key.toLowerCase().replaceAll(/\s+/g, " ").trim();
}

/** A wording that says the same on every node; its numbers and releases stay. */
export function withoutNames(text: string, place: Place): string {
  return namesOf(place).reduce((told, [name, word]) => told.replaceAll(name, word), text);
}

/** A shorter name would stand in other words. */
const SHORTEST_NAME = 4;

function namesOf({ node, pod }: Place): readonly (readonly [string, string])[] {
  const short = node.split(".", 1)[0] ?? "";
  const names = [
    [pod ?? "", "<pod>"],
    [node, "<node>"],
    [short, "<node>"],
  ] as const;
  return names.filter(([name]) => name.length >= SHORTEST_NAME);
}

const VARIABLE_PARTS: readonly (readonly [RegExp, string])[] = [
  [/exit status (\d+)/g, "exit status\u0000$1\u0000"],
  [/\b[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}\b/gi, "<uuid>"],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g, "<time>"],
  [/\bsha256:[\da-f]+/gi, "<digest>"],
  [/\b0x[\da-f]+\b/gi, "<hex>"],
  [/\b(?=[\da-f]*\d)(?=[\da-f]*[a-f])[\da-f]{7,}\b/gi, "<hex>"],
  [/(?<=\/(?:tmp|run|proc)\/)[^\s"':,;)]+/g, "<path>"],
  [/\b\d+(?:\.\d+)? ?(?:[KMGTP]i?B?|kB|bytes|B)\b/g, "<size>"],
  [/\b(?:\d+(?:\.\d+)?(?:ms|s|m|h))+\b/g, "<duration>"],
  [/(?<![\w.])v?\d+(?:\.\d+)+(?:[-+~_.]\w+)*/g, "<release>"],
  [/(?<!\u0000\d*)\d+(?:[.,]\d+)*/g, "<number>"],
  [/\u0000/g, " "],
];
