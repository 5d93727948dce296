/**
 * Why a script failed, from what it printed: a guess that knows how tools and loggers print errors.
 * tables/ holds what it knows of single lines and what helps, a row for each form; words.ts the words
 * of errors; classify.ts reads lines in their blocks; find.ts chooses. What is not recognised is quoted
 * as what it is: the last output.
 */
import { shortenUtf8 } from "../../../lib/text/utf8.ts";
import { classify, type Classified } from "./classify.ts";
import { findError, type Found } from "./find.ts";
import { fixFor } from "./tables/fixes.ts";
import { linesOf, type Printed } from "./printed.ts";

export type Cause = {
  /** One line, without a full stop; empty if the script printed nothing. */
  readonly cause: string;
  /** `error`: recognised; `last`: printed last; `trace`: the last command that a shell printed. */
  readonly is: "error" | "last" | "trace" | "nothing";
  /** What to do, where the output says it or the error is a known one; else empty. */
  readonly fix: string;
};

const CAUSE_BYTES = 600;
const FIX_BYTES = 400;
const OUTPUT_LINES = 8;
const OUTPUT_LINE_BYTES = 200;

/** Finds the cause in the last output of a script that failed. Linear in the size of its input. */
export function causeOf(printed: Printed): Cause {
  const lines = classify(linesOf(printed));
  const found = findError(lines);
  if (found === undefined) return { ...lastSaid(lines), fix: adviceAfter(-1, lines) };
  const cause = withoutStop(shortenUtf8(wordsOf(found, lines), CAUSE_BYTES));
  const advice = adviceAfter(found.main[0], lines);
  return { cause, is: "error", fix: advice === "" ? fixFor(cause) : advice };
}

/** The last few lines of both streams: beside a cause, so that a wrong guess still leaves the right line. */
export function outputOf(printed: Printed): string {
  const shown = linesOf(printed).filter(({ text }) => /[\p{L}\p{N}]/u.test(text));
  return shown
    .slice(-OUTPUT_LINES)
    .map(({ text }) => shortenUtf8(text, OUTPUT_LINE_BYTES))
    .join("\n");
}

/** What a script was doing when it was ended: the last line of either stream that is not a trace. */
export function lastActivity(printed: Printed): string {
  const lines = classify(linesOf(printed));
  const line = lines.findLast(isSpeech) ?? lines.at(-1);
  return shortenUtf8(line?.text ?? "", CAUSE_BYTES);
}

function isSpeech({ meaning }: Classified): boolean {
  return meaning !== "trace" && meaning !== "noise";
}

/** The error in one line; at most two lines of the output are joined. */
function wordsOf({ main, reason }: Found, lines: readonly Classified[]): string {
  const [first, second, ...others] = main;
  const words = textAt(first, lines);
  if (second !== undefined) {
    const two = `${itemText(words)}; ${itemText(textAt(second, lines))}`;
    return `${two}${andMore(others.length)}`;
  }
  if (reason === undefined) return withItems(first, words, lines);
  const why = textAt(reason, lines).replace(/^(?:\[?cause\]?|caused by|root cause|reason): ?/i, "");
  if (words.includes(why)) return words;
  return why.includes(words) ? why : `${withoutStop(words)}: ${why}`;
}

function textAt(index: number, lines: readonly Classified[]): string {
  const line = lines[index];
  if (line === undefined) return "";
  return line.message === "" ? line.text : line.message;
}

/** A failed item without its mark: `[FAIL] x`, `✘ x`, `not ok 3 - x`. */
function itemText(text: string): string {
  const mark =
    /^(?:\[? ?(?:FAIL(?:ED|URE)?|NOT ?OK|KO|NOK|BAD|MISSING)\b ?\]?[:\s|-]+|\[?[✘✗✖❌×xX]\]?\ufe0f? +|not ok \d+ -? ?)/u;
  return text.replace(mark, "");
}

/** A line with what is listed below it: the first item, and how many more there are. */
function withItems(index: number, words: string, lines: readonly Classified[]): string {
  const stream = lines[index]?.stream;
  const below = lines.slice(index + 1).filter((line) => line.stream === stream);
  const end = below.findIndex(({ meaning }) => meaning !== "more");
  const items = below.slice(0, end < 0 ? undefined : end);
  const [first] = items;
  if (first === undefined) return itemText(words);
  if (words.endsWith("{")) return fieldIn(items) ?? words;
  const isList = words.endsWith(":") || words === "";
  const item = first.text.replace(/^(?:[-*•·‣▪–]|\d{1,3}[.):]) +/u, "");
  if (!isList && items.length > 2) return words;
  const more = items.filter(({ indent }) => indent <= first.indent).length - 1;
  return `${words} ${item}${isList ? andMore(more) : ""}`.trim();
}

/** The message in an object that is shown over several lines: `"msg": "…",`. */
function fieldIn(items: readonly Classified[]): string | undefined {
  for (const { text } of items) {
    const field = /^"?(?:msg|message|error|stderr|reason)"?: "(.+)",?$/.exec(text)?.[1];
    if (field !== undefined) return field.replaceAll("\\n", " ").replaceAll('\\"', '"');
  }
  return undefined;
}

function andMore(amount: number): string {
  return amount > 0 ? ` (and ${amount} more)` : "";
}

function withoutStop(text: string): string {
  return text.replace(/[.,:]+$/, "");
}

/** What the lines behind an error say to do: at most two of them. */
function adviceAfter(index: number, lines: readonly Classified[]): string {
  const stream = lines[index]?.stream;
  const behind = lines.filter(
    (line, at) =>
      at > index && line.meaning === "advice" && (stream ?? line.stream) === line.stream,
  );
  const sentences = behind.slice(0, 2).map(({ message }) => withoutStop(message));
  return shortenUtf8(sentences.join(". "), FIX_BYTES);
}

/** Without an error: what was printed last, or the last command of a shell's trace. */
function lastSaid(lines: readonly Classified[]): Pick<Cause, "cause" | "is"> {
  const spoken = lines.filter((line) => isSpeech(line) && line.meaning !== "end");
  const last = spoken.findLast(({ meaning }) => meaning !== "advice") ?? spoken.at(-1);
  if (last !== undefined) {
    const isSentence = last.message.includes(" ");
    const isGuess = isSentence && (last.meaning === "plain" || last.meaning === "warning");
    const cause = withoutStop(shortenUtf8(last.message || last.text, CAUSE_BYTES));
    const text = shortenUtf8(last.text, CAUSE_BYTES);
    return { cause: isGuess ? cause : text, is: isGuess ? "error" : "last" };
  }
  const trace = lines.findLast(({ meaning }) => meaning === "trace");
  if (trace !== undefined) {
    return { cause: shortenUtf8(trace.text.replace(/^\++ ?/, ""), CAUSE_BYTES), is: "trace" };
  }
  const any = shortenUtf8(lines.at(-1)?.text ?? "", CAUSE_BYTES);
  return { cause: any, is: any === "" ? "nothing" : "last" };
}
