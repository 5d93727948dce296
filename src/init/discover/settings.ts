import { fail, ok, type Result } from "../../lib/result.ts";
import { didYouMean } from "../../lib/text/closest.ts";
import { parseDuration } from "../../lib/text/duration.ts";
import { isRange } from "../../lib/text/semver.ts";
import type { Settings } from "./script.ts";

export type SettingsError = { readonly line: number; readonly what: string };

export const DEFAULT_SETTINGS: Settings = {
  timeoutMs: undefined,
  retries: 0,
  retryDelayMs: 1_000,
  onFailure: "fail",
  kind: "change",
  nodeImage: undefined,
  once: undefined,
};

type Reader = (value: string) => Result<Partial<Settings>, string>;

const READERS: Readonly<Record<string, Reader>> = {
  timeout: (value) => map(parseDuration(value), (timeoutMs) => ({ timeoutMs })),
  retries: (value) =>
    /^\d{1,3}$/.test(value)
      ? ok({ retries: Number(value) })
      : fail(`"${value}" is not a number from 0 to 999`),
  "retry-delay": (value) => map(parseDuration(value), (retryDelayMs) => ({ retryDelayMs })),
  "on-failure": (value) => map(oneOf(value, ["fail", "warn"]), (onFailure) => ({ onFailure })),
  kind: (value) => map(oneOf(value, ["change", "check"]), (kind) => ({ kind })),
  "node-image": (value) =>
    isRange(value)
      ? ok({ nodeImage: value })
      : fail(`"${value}" is not a semver range: write it as ">=1.4.0 <2"`),
  once: (value) => map(oneOf(value, ["per-node-image", "per-content"]), (once) => ({ once })),
};

/**
 * The settings in the `# init:` or `// init:` comment lines of a script's first 4 KiB.
 * All errors are told, each with its line, so that one edit mends them all.
 */
export function parseSettings(head: string): Result<Settings, readonly SettingsError[]> {
  // Most scripts have none, and a run over many of them should not split each into lines.
  if (!head.includes("init:")) return ok(DEFAULT_SETTINGS);
  const errors: SettingsError[] = [];
  const lineOfKey = new Map<string, number>();
  let settings = DEFAULT_SETTINGS;
  for (const [index, text] of head.split("\n").entries()) {
    const body = /^\s*(?:#|\/\/)\s*init:(.*)$/.exec(text)?.[1];
    if (body === undefined) continue;
    const line = index + 1;
    for (const word of splitWords(body)) {
      const setting = readSetting(word, lineOfKey);
      if (setting.ok) settings = { ...settings, ...setting.value };
      else errors.push({ line, what: setting.error });
      const key = keyOf(word);
      if (!lineOfKey.has(key)) lineOfKey.set(key, line);
    }
  }
  return errors.length === 0 ? ok(settings) : fail(errors);
}

function readSetting(
  word: string,
  lineOfKey: ReadonlyMap<string, number>,
): Result<Partial<Settings>, string> {
  const key = keyOf(word);
  if (!word.includes("=")) return fail(`"${word}" is not key=value`);
  const reader = Object.hasOwn(READERS, key) ? READERS[key] : undefined;
  if (reader === undefined)
    return fail(`unknown key "${key}"${didYouMean(key, Object.keys(READERS))}`);
  const earlier = lineOfKey.get(key);
  if (earlier !== undefined) return fail(`${key} is already set in line ${earlier}`);
  const value = unquote(word.slice(key.length + 1));
  if (!value.ok) return value;
  const read = reader(value.value);
  return read.ok ? read : fail(`bad ${key}: ${read.error}`);
}

/** Splits at white space outside of quotes; an open quote runs to the end of the line. */
function splitWords(body: string): readonly string[] {
  return body.match(/(?:"[^"]*(?:"|$)|'[^']*(?:'|$)|[^\s"'])+/g) ?? [];
}

function keyOf(word: string): string {
  return word.split("=", 1)[0] ?? "";
}

function unquote(value: string): Result<string, string> {
  const quote = value[0];
  if (quote !== '"' && quote !== "'") return ok(value);
  const closed = value.length >= 2 && value.indexOf(quote, 1) === value.length - 1;
  return closed ? ok(value.slice(1, -1)) : fail(`the quote in ${value} is not closed`);
}

function oneOf<const Word extends string>(
  value: string,
  words: readonly Word[],
): Result<Word, string> {
  const word = words.find((candidate) => candidate === value);
  return word === undefined
    ? fail(`"${value}" is not ${words.join(" or ")}${didYouMean(value, words)}`)
    : ok(word);
}

function map<From, To>(
  result: Result<From, string>,
  change: (value: From) => To,
): Result<To, string> {
  return result.ok ? ok(change(result.value)) : result;
}
