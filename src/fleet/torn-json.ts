import { parseObject, type Json } from "./untrusted.ts";

/**
 * The members of a JSON object that are whole in `text`, of which the end is missing: kubelet cuts
 * termination messages from their end. undefined if there is none, or if it is not JSON so far.
 */
export function readTornObject(text: string): Json | undefined {
  const ends = endsOfMembers(text);
  for (const end of ends.toReversed()) {
    const object = parseObject(`${text.slice(0, end)}}`);
    if (object !== undefined) return object;
  }
  return undefined;
}

/** Where members of the outermost object end, as far as brackets and quotes show it: at most the last two. */
function endsOfMembers(text: string): readonly number[] {
  let depth = 0;
  let inString = false;
  let isEscaped = false;
  let ends: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (isEscaped) isEscaped = false;
      else if (character === "\\") isEscaped = true;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    else if (character === "," && depth === 1) ends = [...ends.slice(-1), at];
  }
  // The last member may be whole, if what it ends with shows so; a number might go on.
  const isWhole = depth === 1 && !inString && /["}\]]\s*$/.test(text);
  return isWhole ? [...ends.slice(-1), text.length] : ends;
}
