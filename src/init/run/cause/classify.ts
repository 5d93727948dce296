/** What each line means, where its neighbours count, too. */
import { readLogLine, type Level } from "./log-line.ts";
import { MEANINGS } from "./meanings.ts";
import { NOISE, PROPERTY } from "./tables/noise.ts";
import { KEPT, type Line } from "./printed.ts";
import type { Kind, Rule } from "./rule.ts";
import { soundsLikeError, soundsLikeProgress } from "./words.ts";

/**
 * Besides what a rule says: `warning` and `info` by the level that the line's author gave it; `more`
 * continues the line before; `root` is the error below an error; `progress` and `plain` are neither.
 */
export type Meaning = Kind | "warning" | "info" | "more" | "root" | "progress" | "plain";

export type Classified = Line & {
  readonly meaning: Meaning;
  /** The text without time, level and logger. */
  readonly message: string;
  readonly level: Level | undefined;
};

/** Patterns see no more of a line than this, which bounds their time. */
const MATCHED_CHARS = 400;

/** The lines with their meanings. Blocks are within one stream: lines of the other may be in between. */
export function classify(lines: readonly Line[]): readonly Classified[] {
  const before: Record<Line["stream"], Block> = { stdout: NO_BLOCK, stderr: NO_BLOCK };
  const result: Classified[] = [];
  for (const line of lines) {
    const block = line.read === KEPT ? NO_BLOCK : before[line.stream];
    const own = classifyAlone(line);
    const meaning = meaningInBlock(own, block);
    const isBelowSource = isCaret(line.text) && hideSource(result, block.last);
    const classified = { ...own, meaning };
    result.push(classified);
    const seen = isBelowSource ? { ...block, isBelowException: block.wasBelowException } : block;
    if (line.read !== KEPT) before[line.stream] = blockAfter(seen, classified, result.length - 1);
  }
  return result;
}

/** What the lines before make of the next one, in its stream. */
type Block = {
  readonly isUsage: boolean;
  /** The line that what is indented below it belongs to. */
  readonly head: Classified | undefined;
  /** Whether the line before takes the next one as it is. */
  readonly takesNext: boolean;
  readonly isBelowException: boolean;
  /** The same without the line before, which may turn out to be source. */
  readonly wasBelowException: boolean;
  readonly isSourceNext: boolean;
  /** Whether the line before is the caret below a source line, and an exception came before that. */
  readonly caret: "none" | "first" | "further";
  /** Index of the line before. */
  readonly last: number | undefined;
};

const NO_BLOCK: Block = {
  isUsage: false,
  head: undefined,
  takesNext: false,
  isBelowException: false,
  wasBelowException: false,
  isSourceNext: false,
  caret: "none",
  last: undefined,
};

const USAGE = /^(?:usage|synopsis):?(?:\s|$)/i;
const OPTION = /^-{1,2}[A-Za-z?]/;
const ROOT = /^(?:caused by|\[?cause\]?|root cause|reason): ?(?=\S)/i;
const BULLET = /^(?:[-*•·‣▪–]|\d{1,3}[.):]) +\S/u;
const FRAME_HEAD = /^File ".*", line \d+/;

function classifyAlone(line: Line): Classified {
  const text = line.text.slice(0, MATCHED_CHARS);
  const noise = firstRule(NOISE, text);
  if (noise !== undefined)
    return { ...line, meaning: noise.kind, message: line.text, level: undefined };
  const { message, level } = readLogLine(line.text);
  return { ...line, message, level, meaning: meaningOf(message.slice(0, MATCHED_CHARS), level) };
}

function meaningOf(message: string, level: Level | undefined): Meaning {
  if (level === "info") return "info";
  const rule = firstRule(MEANINGS, message);
  if (level === "warning") return rule?.kind === "consequence" ? "consequence" : "warning";
  const isHarmless = rule?.kind === "success" || rule?.kind === "advice";
  if (rule !== undefined && !(level === "error" && isHarmless)) {
    if (rule.kind !== "success" || !soundsLikeError(message)) return rule.kind;
  }
  if (level === "error" || soundsLikeError(message)) return "error";
  return soundsLikeProgress(message) ? "progress" : "plain";
}

function firstRule(rules: readonly Rule[], text: string): Rule | undefined {
  return rules.find(({ pattern }) => pattern.test(text));
}

function meaningInBlock(line: Classified, block: Block): Meaning {
  const { text, indent, meaning } = line;
  if (meaning === "trace") return "trace";
  if (block.isSourceNext && indent > 2) return "noise";
  if (USAGE.test(text)) return "noise";
  if (block.isUsage && line.level !== "error" && !/^[\w./-]+: (?:error|fatal)/i.test(text))
    return "noise";
  if (ROOT.test(text) && (block.head !== undefined || block.isBelowException)) return "root";
  if (block.caret === "further" && meaning === "error") return "root";
  if (block.isBelowException && indent > 0 && PROPERTY.test(text)) return "noise";
  if (block.takesNext && meaning !== "noise") return "more";
  if (indent > 0 && OPTION.test(text)) return "noise";
  const { head } = block;
  if (head !== undefined && isWrapped(head, line))
    return head.meaning === "warning" ? "warning" : "more";
  if (head !== undefined && meaning !== "noise") {
    const isBelow = indent > head.indent || BULLET.test(text);
    if (isBelow)
      return head.meaning === "noise" ? "noise" : meaning === "advice" ? "advice" : "more";
  }
  return meaning;
}

function blockAfter(block: Block, line: Classified, last: number): Block {
  const { text, meaning, message } = line;
  const isHead =
    meaning === "error" || meaning === "failed" || meaning === "consequence" || meaning === "total";
  const canWrap = isHead || meaning === "warning";
  const isListHead = text.endsWith(":") && meaning !== "more" && meaning !== "trace";
  const staysHead = meaning === "more" || meaning === "advice";
  return {
    isUsage: USAGE.test(text) || (block.isUsage && meaning === "noise"),
    head: canWrap || isListHead ? line : staysHead ? block.head : undefined,
    takesNext: isHead && (message === "" || /panicked at .*:$/.test(text)),
    isBelowException: isHead || (block.isBelowException && meaning === "noise"),
    wasBelowException: block.isBelowException,
    isSourceNext: FRAME_HEAD.test(text),
    caret: text === "^" ? (block.isBelowException ? "further" : "first") : "none",
    last,
  };
}

const WRAPPED_CHARS = 55;

/** Whether a line goes on with the sentence of the one before it, as in text wrapped for a terminal. */
function isWrapped({ text }: Classified, next: Classified): boolean {
  if (text.length < WRAPPED_CHARS || /[.:!?]$/.test(text)) return false;
  if (next.meaning === "plain") return /^[a-z]+[ ,]/.test(next.text);
  return /^(?:is|are|was|and|or|of|in|to|the|a|that|which|with|for|on|at|as|by) /.test(next.text);
}

/** Carets below a line show where in it the error is: the line is source. */
function isCaret(text: string): boolean {
  return /^[\^~| ]+$/.test(text) && text.includes("^");
}

/** @returns whether the line was source */
function hideSource(lines: Classified[], index: number | undefined): boolean {
  const line = index === undefined ? undefined : lines[index];
  if (index === undefined || line === undefined || line.level !== undefined) return false;
  lines[index] = { ...line, meaning: "noise" };
  return true;
}
