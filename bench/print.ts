import { median, type Times } from "./measure.ts";

export function printTitle(title: string): void {
  process.stdout.write(`\n${title}\n`);
}

export function printLine(what: string, figures: string): void {
  process.stdout.write(`  ${what.padEnd(26)} ${figures}\n`);
}

/** `12.3 ms (11.9–14.0)`: the median, and between which all rounds lie. */
export function printTimes(times: readonly Times[]): void {
  for (const { name, ms } of times) {
    const [low, high] = [Math.min(...ms), Math.max(...ms)];
    printLine(name, `${median(ms).toFixed(1)} ms (${low.toFixed(1)}–${high.toFixed(1)})`);
  }
}

/** A figure with its goal beside it; `most` or `least` is the goal. */
export function printGoal(
  what: string,
  figure: number,
  goal: { readonly most: number } | { readonly least: number },
  unit = "×",
): void {
  const met = "most" in goal ? figure <= goal.most : figure >= goal.least;
  const wanted = "most" in goal ? `≤ ${goal.most}` : `≥ ${goal.least}`;
  printLine(
    what,
    `${figure.toFixed(2)} ${unit}, goal ${wanted} ${unit}: ${met ? "met" : "MISSED"}`,
  );
}
