/** A name or path in a line for a person: as it is, or quoted if a line would break on it. */
export function showName(name: string): string {
  return /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(name) ? JSON.stringify(name) : name;
}

/** Sentences side by side, each ended by a full stop: `cause. fix`. */
export function joinSentences(...sentences: readonly string[]): string {
  const given = sentences.map((sentence) => sentence.trim()).filter((sentence) => sentence !== "");
  return given
    .map((sentence, index) =>
      index < given.length - 1 && !/[.!?:;…]$/.test(sentence) ? `${sentence}.` : sentence,
    )
    .join(" ");
}

/** What to do, and a page about it. */
export function fixWithLink(fix: string, link: string | undefined): string {
  return link === undefined ? fix : `${fix.trim().replace(/[.]$/, "")} (${link})`;
}

/** `1 script`, `2 scripts`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}
