import { plainLine, shortenUtf8 } from "../lib/text/utf8.ts";

/**
 * Reading of JSON of which nothing is certain: it comes from a file or from pods that anyone may
 * have made. What is missing or of another type is undefined, never a throw.
 */
export type Json = Readonly<Record<string, unknown>>;

/** Longer texts say nothing more to a person, and 5,000 of them have to stay in memory. */
const LONGEST_TEXT_BYTES = 1024;

export function objectOf(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined;
}

/** undefined if the text is not JSON or not an object. */
export function parseObject(text: string): Json | undefined {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The object under these keys, one inside the other. */
export function objectAt(value: unknown, ...keys: readonly string[]): Json | undefined {
  let found = objectOf(value);
  for (const key of keys) found = objectOf(fieldOf(found, key));
  return found;
}

export function listAt(value: Json | undefined, key: string): readonly unknown[] {
  const found = fieldOf(value, key);
  return Array.isArray(found) ? found : [];
}

/** The objects in a list; what else is in it is left out. */
export function objectsAt(value: Json | undefined, key: string): readonly Json[] {
  return listAt(value, key)
    .map(objectOf)
    .filter((entry) => entry !== undefined);
}

/** One line of text for a person, of at most 1 KiB; undefined if there is none. */
export function lineAt(value: Json | undefined, key: string): string | undefined {
  const found = fieldOf(value, key);
  return typeof found === "string" ? cleanLine(found) || undefined : undefined;
}

/** A text as it is, for code that takes it apart. */
export function rawAt(value: Json | undefined, key: string): string | undefined {
  const found = fieldOf(value, key);
  return typeof found === "string" ? found : undefined;
}

/** A number that is not negative; all that statuses count and measure is so. */
export function numberAt(value: Json | undefined, key: string): number | undefined {
  const found = fieldOf(value, key);
  return typeof found === "number" && Number.isFinite(found) && found >= 0 ? found : undefined;
}

/** A whole number that is not negative. */
export function countAt(value: Json | undefined, key: string): number | undefined {
  const found = numberAt(value, key);
  return Number.isSafeInteger(found) ? found : undefined;
}

/** Milliseconds since the epoch of a time as Kubernetes writes it (RFC 3339). */
export function timeAt(value: Json | undefined, key: string): number | undefined {
  const found = Date.parse(rawAt(value, key) ?? "");
  return Number.isNaN(found) ? undefined : found;
}

/** The texts of an object, such as labels; empty if it is missing. */
export function textsAt(value: Json | undefined, key: string): ReadonlyMap<string, string> {
  const found = objectAt(value, key) ?? {};
  return new Map(
    Object.entries(found).flatMap(([name, text]) =>
      typeof text === "string" ? [[name, text] as const] : [],
    ),
  );
}

const PLAIN_TEXT = /^[!-~]+(?: [!-~]+)*$/;

/**
 * A text without anything that acts: no control characters or escape sequences, and none of the
 * characters that turn the direction of writing or take no room, with which one text passes for another.
 */
export function cleanLine(text: string): string {
  // Nearly all texts are of this kind, and the patterns below take their time.
  if (text.length <= LONGEST_TEXT_BYTES && PLAIN_TEXT.test(text)) return text;
  const visible = plainLine(text.slice(0, 4 * LONGEST_TEXT_BYTES)).replaceAll(
    /[\p{Cf}\p{Co}\p{Cs}\p{Cn}]/gu,
    "",
  );
  return shortenUtf8(visible.trim(), LONGEST_TEXT_BYTES);
}

function fieldOf(value: Json | undefined, key: string): unknown {
  return value !== undefined && Object.hasOwn(value, key) ? value[key] : undefined;
}
