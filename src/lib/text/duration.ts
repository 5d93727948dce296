import { fail, ok, type Result } from "../result.ts";

const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a duration as Go writes it (`90s`, `1h30m`, `500ms`, `1.5s`); `0` needs no unit. */
export function parseDuration(text: string): Result<number, string> {
  if (text === "0") return ok(0);
  if (/^\d+(\.\d+)?$/.test(text)) return fail(`"${text}" has no unit: write ${text}s or ${text}m`);
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) {
    return fail(`"${text}" is not a duration: write it as 30s, 5m or 1h30m`);
  }
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(amount) * (MILLISECONDS[unit ?? ""] ?? Number.NaN);
  }
  // A timer of more than 2^31 - 1 ms would fire at once.
  if (total > 2 ** 31 - 1) return fail(`"${text}" is too long: at most 596h`);
  const ms = Math.round(total);
  // 0 would mean that there is none.
  if (ms === 0 && total > 0) return fail(`"${text}" is too short: at least 1ms`);
  return ok(ms);
}

/** A duration for a person: `35ms`, `1.2s`, `30s`, `5m`, `1h2m`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)}ms`;
  if (ms < 59_950) return `${Number((ms / 1_000).toFixed(1))}s`;
  const seconds = Math.round(ms / 1_000);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 3600), "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ];
  return parts
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join("");
}
