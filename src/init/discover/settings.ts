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
  onceEnv: [],
  isStrict: false,
  hasDryRun: false,
  hasUndo: false,
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
  kind: (value) => map(oneOf(value, ["change", "check", "library"]), (kind) => ({ kind })),
  "node-image": (value) =>
    isRange(value)
      ? ok({ nodeImage: value })
      : fail(`"${value}" is not a semver range: write it as ">=1.4.0 <2"`),
  strict: (value) => map(yesOrNo(value), (isStrict) => ({ isStrict })),
  "dry-run": (value) => map(yesOrNo(value), (hasDryRun) => ({ hasDryRun })),
  undo: (value) => map(yesOrNo(value), (hasUndo) => ({ hasUndo })),
  once: (value) =>
    map(oneOf(value, ["per-node-image", "per-content", "per-boot"]), (once) => ({ once })),
  "once-env": (value) =>
    /^[A-Za-z_]\w*(?:,[A-Za-z_]\w*)*$/.test(value)
      ? ok({ onceEnv: value.split(",") })
      : fail(`"${value}" is not a list of variables: write it as NAME,NAME`),
};

/**
 * The settings in the `# init:` or `// init:` comment lines of a script's first 4 KiB. A line without
 * any key is a comment. Each line with an error is one, so that one edit corrects it.
 */
export function parseSettings(head: string): Result<Settings, readonly SettingsError[]> {
  const errors: SettingsError[] = [];
  const lineOfKey = new Map<string, number>();
  let settings = DEFAULT_SETTINGS;
  for (const { line, words } of linesIn(head)) {
    if (!isSettings(words)) continue;
    const wrong: string[] = [];
    for (const word of words) {
      const setting = readSetting(word, lineOfKey);
      if (setting.ok) settings = { ...settings, ...setting.value };
      else wrong.push(setting.error);
      const key = keyOf(word);
      if (!lineOfKey.has(key)) lineOfKey.set(key, line);
    }
    if (wrong.length > 0) errors.push({ line, what: wrong.join("; ") });
  }
  const line = lineOfKey.get("once-env");
  if (line !== undefined && !lineOfKey.has("once"))
    errors.push({ line, what: "once-env is for scripts with once" });
  return errors.length === 0 ? ok(settings) : fail(errors);
}

/** Lines that begin like settings and are comments, for authors who meant something else. */
export function commentsLikeSettings(head: string): readonly number[] {
  return linesIn(head).flatMap(({ line, words }) => (isSettings(words) ? [] : [line]));
}

type Line = { readonly line: number; readonly words: readonly string[] };

function linesIn(head: string): readonly Line[] {
  // Most scripts have none, and a run over many of them should not split each into lines.
  if (!head.includes("init:")) return [];
  return head.split("\n").flatMap((text, index) => {
    const body = /^\s*(?:#|\/\/)\s*init:(.*)$/.exec(text)?.[1];
    return body === undefined ? [] : [{ line: index + 1, words: splitWords(body) }];
  });
}

/** A line has a known key, or it is all keys and values; everything else is prose. */
function isSettings(words: readonly string[]): boolean {
  if (words.length === 0) return false;
  const hasKey = words.some((word) => word.includes("=") && Object.hasOwn(READERS, keyOf(word)));
  return hasKey || words.every(isAssignment) || (words.length === 1 && isKey(words[0]));
}

function isAssignment(word: string): boolean {
  return /^[\w-]+=/.test(word);
}

function isKey(word = ""): boolean {
  return Object.hasOwn(READERS, word);
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
    ? fail(`"${value}" is not ${listed(words)}${didYouMean(value, words)}`)
    : ok(word);
}

function yesOrNo(value: string): Result<boolean, string> {
  return map(oneOf(value, ["yes", "no"]), (word) => word === "yes");
}

/** `a or b`, `a, b or c`. */
function listed(words: readonly string[]): string {
  return [words.slice(0, -1).join(", "), words.at(-1)].filter(Boolean).join(" or ");
}

function map<From, To>(
  result: Result<From, string>,
  change: (value: From) => To,
): Result<To, string> {
  return result.ok ? ok(change(result.value)) : result;
}
