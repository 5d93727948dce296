/** What a wording is about: names in it that say only where it happened. */
export type Place = { readonly node: string; readonly pod: string | undefined };

/**
 * Wordings that differ only in what differs from node to node have the same key: `Module uio not found
 * in /lib/modules/5.4.0-42-generic` on one node, `…/5.15.0-91-generic` on another; `/dev/sdb` on one,
 * `/dev/sdc` on another. Ports, exit statuses and other numbers that name something stay, since
 * another one is another cause.
 */
export function keyOfWording(text: string, place: Place): string {
  let key = withoutNames(text, place);
  for (const [pattern, word] of VARIABLE_PARTS) {
    key = typeof word === "string" ? key.replaceAll(pattern, word) : key.replaceAll(pattern, word);
  }
  return key.replaceAll(KEPT, "").toLowerCase().replaceAll(/\s+/g, " ").trim();
}

/** A wording that says the same on every node; its numbers and releases stay. */
export function withoutNames(text: string, place: Place): string {
  return namesOf(place).reduce((words, [name, word]) => words.replaceAll(name, word), text);
}

/** A shorter name would be part of other words. */
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

/** Words before numbers that name something: `port 5701`, `ports 5701, 5703`, `exit status 2`, `HTTP 403`. */
const NAMED_NUMBERS =
  /\b(?:ports?|status|code|error|errno|signal|http|uid|gid|level|stage|step|phase|vlan|lun)[ :=]+#?\d+(?:(?:, | and |-)\d+)*\b/gi;

/** The port of `host:5701`. */
const PORT = /(?<=[\w.\]-]):\d{1,5}(?![\w.:])/g;

/** Stands around a number that stays as it is. */
const KEPT = "\u0000";

/** Of each kind, one word; numbers within words, such as ext4, x86_64 and v2, are none. */
const VARIABLE_PARTS: readonly (readonly [RegExp, string | ((match: string) => string)])[] = [
  [/\b[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}\b/gi, "<uuid>"],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: ?Z| UTC|[+-]\d\d:\d\d)?/g, "<time>"],
  [/(?<![\w:])(?:[\da-f]{0,4}:){2,7}[\da-f]{0,4}(?![\w:])/gi, "<address>"],
  [NAMED_NUMBERS, keep],
  [PORT, keep],
  [/\bsha256:[\da-f]+/gi, "<digest>"],
  [/\b0x[\da-f]+\b/gi, "<hex>"],
  [/\b(?=[\da-f]*\d)(?=[\da-f]*[a-f])[\da-f]{7,}\b/gi, "<hex>"],
  [/\b(?:(?:sd|vd|xvd|hd)[a-z]{1,2}\d*|nvme\d+(?:n\d+)?(?:p\d+)?|mmcblk\d+(?:p\d+)?)\b/g, "<disk>"],
  [/\b(?:dm-|md|loop|nbd|rbd)\d+(?:p\d+)?\b/g, "<disk>"],
  [/(?<=\/(?:tmp|run|proc)\/)[^\s"':,;)]+/g, "<path>"],
  [/\b\d+(?:\.\d+)? ?(?:[KMGTP]i?B?|kB|bytes|B)\b/g, "<size>"],
  [/\b(?:\d+(?:\.\d+)?(?:ms|s|m|h))+\b/g, "<duration>"],
  [/(?<![\w.\u0000])v?\d+(?:\.\d+)+(?:[-+~_.]\w+)*/g, "<release>"],
  [/(?<![\w.\u0000])\d+(?:[.,]\d+)*(?![\w\u0000])/g, "<number>"],
];

function keep(match: string): string {
  return match.replaceAll(/\d+/g, (number) => `${KEPT}${number}${KEPT}`);
}
