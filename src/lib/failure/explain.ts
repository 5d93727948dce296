import { didYouMean } from "../text/closest.ts";
import { fail, ok, type Result } from "../result.ts";
import { explainedEntries, TOPICS, type Explained } from "./registry.ts";

/** Every code with its title, by topic: a line each. */
export function listOfCodes(): string {
  const width = Math.max(...allCodes().map((code) => code.length)) + 2;
  return TOPICS.map((topic) => {
    const lines = explainedEntries(topic).map(
      ({ code, entry }) => `  ${code.padEnd(width)}${entry.title}`,
    );
    return `${topic.title}:\n${lines.join("\n")}\n`;
  }).join("\n");
}

/** What a code means and what to do; upper and lower case do not matter. */
export function explainCode(given: string): Result<string, string> {
  const found = TOPICS.flatMap(explainedEntries).find(
    ({ code }) => code.toLowerCase() === given.toLowerCase(),
  );
  return found === undefined
    ? fail(`cannot explain "${given}": no such code${didYouMean(given, allCodes())}`)
    : ok(textOf(found));
}

function allCodes(): readonly string[] {
  return TOPICS.flatMap(({ entries }) => Object.keys(entries));
}

function textOf({ code, entry, cause, fix }: Explained): string {
  return `${code}: ${entry.title}

${entry.meaning}

What to do: ${entry.remedy}

Reported by: ${entry.reportedBy}
Example:
  cause: ${cause}
  fix: ${fix}
`;
}
