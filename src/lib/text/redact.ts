import type { Environment } from "../environment.ts";

/** Replaces what is secret in a text; twice is the same as once. */
export type Redact = (text: string) => string;

const MARK = "[redacted]";

const SECRET_NAME =
  /(?:^|[^A-Za-z0-9])(?:TOKEN|PASSWORD|SECRET|KEY|CREDENTIALS?|AUTH)(?:$|[^A-Za-z0-9])/i;

/** Shorter values are words that occur everywhere. */
const LEAST_BYTES = 8;

/** Of a secret that a cut left only in part, before or after the `…`. */
const LEAST_OF_PART = 6;

/**
 * The values of an environment that must not leave the node, in all forms that they are printed in.
 * @param exists whether there is a file at this path
 */
export function secretsIn(env: Environment, exists: (path: string) => boolean): readonly string[] {
  const secrets = new Set<string>();
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || !SECRET_NAME.test(name) || !isSecret(value.trim(), exists)) continue;
    for (const form of formsOf(value.trim())) secrets.add(form);
  }
  return [...secrets].toSorted((a, b) => b.length - a.length);
}

function isSecret(value: string, exists: (path: string) => boolean): boolean {
  return (
    isLongEnough(value) &&
    !/^[+-]?[\d.,_]+$/.test(value) &&
    !/^(?:enabled|disabled|required|optional)$/i.test(value) &&
    !isUrlWithoutUser(value) &&
    !isPath(value, exists)
  );
}

function isLongEnough(value: string): boolean {
  return Buffer.byteLength(value) >= LEAST_BYTES && !MARK.includes(value);
}

function isUrlWithoutUser(value: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[^@\s]*$/i.test(value);
}

/** The disk is asked only for paths that look like base64 too: that of a secret may hang. */
function isPath(value: string, exists: (path: string) => boolean): boolean {
  if (!value.startsWith("/")) return false;
  return /^(?:\/[a-z0-9.~_-]+)+\/?$/.test(value) || exists(value);
}

function formsOf(value: string): readonly string[] {
  const lines = value.split(/\r?\n/).map((line) => line.trim());
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value.toWellFormed()),
    Buffer.from(value).toString("base64").replace(/=+$/, ""),
    ...(lines.length > 1 ? lines.filter((line) => !line.startsWith("-----")) : []),
  ].filter(isLongEnough);
}

/** @param secrets the longest first */
export function createRedact(secrets: readonly string[]): Redact {
  // The mark first, so that a secret that is in it does not make it longer each time.
  const known = [MARK, ...secrets].map((text) => text.replaceAll(/[^\p{L}\p{N}]/gu, escape));
  const pattern = new RegExp(known.join("|"), "gu");
  return (text) => redactShapes(redactParts(text.replaceAll(pattern, MARK), secrets));
}

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `\\u{${code.toString(16)}}`;
}

/** What a cut left of a secret: its beginning before a `…`, its end behind one. */
function redactParts(text: string, secrets: readonly string[]): string {
  if (!text.includes("…")) return text;
  const pieces = text.split("…");
  const redacted = pieces.map((piece, index) => {
    const isCutBefore = index > 0;
    const isCutBehind = index < pieces.length - 1;
    const end = isCutBehind ? longestPart(secrets, (part) => piece.endsWith(part), "start") : "";
    const rest = end === "" ? piece : `${piece.slice(0, -end.length)}${MARK}`;
    return isCutBefore ? redactStart(rest, secrets) : rest;
  });
  return redacted.join("…");
}

/** A text whose beginning was cut off, perhaps within a secret. */
export function redactStart(text: string, secrets: readonly string[]): string {
  const part = longestPart(secrets, (candidate) => text.startsWith(candidate), "end");
  return part === "" ? text : `${MARK}${text.slice(part.length)}`;
}

function longestPart(
  secrets: readonly string[],
  isThere: (part: string) => boolean,
  of: "start" | "end",
): string {
  let longest = "";
  for (const secret of secrets) {
    for (let length = secret.length; length >= LEAST_OF_PART; length--) {
      const part = of === "start" ? secret.slice(0, length) : secret.slice(-length);
      if (length > longest.length && isThere(part)) longest = part;
    }
  }
  return longest;
}

const NAMES = "password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|credentials?";

/** Secrets that show by their shape, whoever printed them: what is found, and what remains of it. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, MARK],
  [/\b(authorization\W{1,4}(?:basic|bearer|digest|token) +)[^\s"']+/gi, `$1${MARK}`],
  [/\b(bearer +)(?=[\w.~+/=-]*\d|[\w.~+/=-]{20})[\w.~+/=-]{8,}/gi, `$1${MARK}`],
  [
    new RegExp(`\\b([\\w-]{0,40}?(?:${NAMES})=)(?:"[^"]*"|'[^']*'|[^\\s"'&,;)]+)`, "gi"),
    `$1${MARK}`,
  ],
  [new RegExp(`("[\\w-]{0,40}?(?:${NAMES})" ?: ?)"[^"]*"`, "gi"), `$1"${MARK}"`],
  [/\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@'"]{0,256}:)[^\s/@'"]+@/gi, `$1${MARK}@`],
  [/\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/:@'"]{16,256}@/gi, `$1${MARK}@`],
];

/** What is secret by its shape alone, where nothing is known of the variables. */
export function redactShapes(text: string): string {
  let redacted = redactKeys(text);
  for (const [shape, rest] of SHAPES) redacted = redacted.replaceAll(shape, rest);
  return redacted;
}

const KEY_BEGIN = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const KEY_END = /-----END [A-Z ]*PRIVATE KEY-----/;

/** Private keys, also one of which the end or the beginning is missing. */
function redactKeys(text: string): string {
  if (!text.includes("PRIVATE KEY-----")) return text;
  const begin = KEY_BEGIN.exec(text);
  const end = KEY_END.exec(text);
  if (end !== null && (begin === null || end.index < begin.index)) {
    const before = text.slice(0, end.index).replace(/[\w+/=\\\s]+$/, "");
    return redactKeys(`${before}${MARK}${text.slice(end.index + end[0].length)}`);
  }
  if (begin === null) return text;
  if (end === null) return `${text.slice(0, begin.index)}${MARK}`;
  return redactKeys(`${text.slice(0, begin.index)}${MARK}${text.slice(end.index + end[0].length)}`);
}
