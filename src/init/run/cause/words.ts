/** What the words of a line show, whatever tool printed it. */

const setOf = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));

/** Words for errors. */
const ERRORS = setOf(
  `err error errors fail fails failed failing failure failures cannot can't couldn't unable denied
  deny denies fatal panic panicked exception refused refuses unreachable invalid unknown unrecognized
  unrecognised unsupported doesn't didn't isn't aren't wasn't missing mismatch mismatched unexpected
  illegal corrupt corrupted broken killed insufficient unbound undefined unresolved unterminated
  rejected expired forbidden unauthorized incompatible conflict conflicts must required requires need
  needs nonexistent inaccessible unavailable abort aborted lost stuck hangs degraded unhealthy
  violation overflow busy exceeded exceeds timeout bad wrong unclosed malformed ambiguous outdated
  obsolete blocked dead crashed leaked tainted truncated unmet unformatted underflow denial`,
);

/** Phrases for errors; each word of them as it is between spaces. */
const PHRASES = [
  "can not",
  "could not",
  "not found",
  "no such",
  "no match",
  "no space",
  "timed out",
  "time out",
  "segmentation fault",
  "core dumped",
  "out of memory",
  "out of range",
  "does not",
  "do not",
  "did not",
  "will not",
  "should be",
  "has to be",
  "have to be",
  "gave up",
  "in use",
  "already exists",
  "already mounted",
  "already running",
  "file exists",
  "end of file",
];

/** What is wrong when it is not: `not mounted`, `not a block device`. */
const NOT_BEFORE = setOf(
  `a an in on loaded running mounted set ready available supported installed enabled configured
  present valid exist match writable readable open empty executable reachable working responding
  understood detected recognized recognised active currently specified defined been connected
  implemented met owned root listening equal yet all appear start started be enough allowed permitted
  accessible correct compatible known resolved reserved attached registered possible up ok`,
);

const TOO_BEFORE = setOf("old small low large many few long big short high new recent slow far");

/** `is off`, `are down`, `was held`, `has no`. */
const IS_BEFORE = setOf("no not off full down held missing only");
const IS = setOf("is are was were has have");

/** Nothing is wrong where it is none: `0 errors`, `no problems`. */
const NONE = setOf("no 0 zero without any non not if");
const COUNTED = setOf(
  "err error errors fail failed failure failures missing conflict conflicts lost",
);

const ABOUT = setOf("about going likely known meant");

/** Whether the words of a line are those of an error. */
export function soundsLikeError(message: string): boolean {
  const words = wordsOf(message);
  if (words.some((word, index) => isWrong(word, index, words))) return true;
  const text = ` ${words.join(" ")} `;
  return PHRASES.some((phrase) => text.includes(` ${phrase} `));
}

function wordsOf(message: string): readonly string[] {
  // Options are named after what they handle: --fix-missing.
  const spoken = message.includes("--") ? message.replaceAll(/--[a-z][\w-]*/gi, " ") : message;
  return spoken.toLowerCase().match(/[a-z0-9][a-z0-9'’]*/g) ?? [];
}

function isWrong(word: string, index: number, words: readonly string[]): boolean {
  const before = words[index - 1] ?? "";
  const next = words[index + 1] ?? "";
  if (word === "not") return NOT_BEFORE.has(next);
  if (word === "too") return TOO_BEFORE.has(next);
  if (IS.has(word)) return IS_BEFORE.has(next);
  if (word === "no") return index === 0 || words.slice(index, index + 4).includes("found");
  if (!ERRORS.has(word)) return false;
  // What is only going to be has not been: `about to fail`.
  if (before === "to" && ABOUT.has(words[index - 2] ?? "")) return false;
  if (!COUNTED.has(word)) return before !== "not" && before !== "no" && next !== "0";
  return !NONE.has(before) && !NONE.has(words[index - 2] ?? "") && next !== "0" && next !== "log";
}

/** `failed to x`, `cannot x`, `x failed`. */
const FAILED_ACTION =
  /^(?:error:? )?(?:(?:failed|unable|failure|error) (?:to|in|while|during|when)\b|(?:cannot|can ?not|can't|couldn't|could not|error|failed)\b|.{1,80}\b(?:failed|failure|unsuccessful|aborted|did not succeed)[.!]?$)/i;
const REASON =
  /\S: \S|\(.*\)|\bbecause\b|\bsince\b|\b(?:no|not|denied|refused|missing|timed out|invalid|exists?|busy|space|temporary|already)\b/i;

/** Whether a line says that something failed and not why, so that an error before it belongs to it. */
export function needsReason(message: string): boolean {
  const bare = message.replace(/^(?:[\w.]+(?:Error|Exception)|\S{1,40}): /, "");
  if (!FAILED_ACTION.test(bare)) return false;
  return !REASON.test(bare.replace(/^(?:cannot|can not|could not|error:)/i, ""));
}

/** `Waiting for x`, `Downloading …`, `step 3/7`: what was going on. */
export function soundsLikeProgress(message: string): boolean {
  return (
    /^(?:\S{1,40}: )?(?:now )?[A-Za-z]{2,20}ing\b(?!:)/.test(message) ||
    message.endsWith("...") ||
    message.endsWith("…") ||
    /^(?:step|phase|stage|task|checked) \d/i.test(message)
  );
}
