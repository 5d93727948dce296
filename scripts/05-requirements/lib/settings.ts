import { failureOf } from "../../../src/lib/failure/failure.ts";
import { REQUIREMENTS } from "../../../src/lib/failure/topics/requirements.ts";
import { fail, ok, type Result } from "../../../src/lib/result.ts";
import { failure, type Unmet } from "../../../src/lib/linux/checks/finding.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The text of a variable, trimmed; unset or empty is the fallback. */
export function readString(env: Environment, name: string, fallback: string): string {
  const text = env[name]?.trim() ?? "";
  return text === "" ? fallback : text;
}

/** A whole number, from 0 on. */
export function readWholeNumber(
  env: Environment,
  name: string,
  fallback: number,
): Result<number, Unmet> {
  const text = readString(env, name, String(fallback));
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return ok(Number(text));
  return fail(unusable(name, text, "a whole number", String(fallback)));
}

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Bytes, written as Kubernetes writes a quantity: `2Gi`, `500M`, `1073741824`. */
export function readBytes(env: Environment, name: string, fallback: string): Result<number, Unmet> {
  const text = readString(env, name, fallback);
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)([kMGT]|[KMGT]i)?$/.exec(text) ?? [];
  const factor = UNITS[unit];
  if (amount !== undefined && factor !== undefined) return ok(Math.round(Number(amount) * factor));
  return fail(unusable(name, text, "a size in bytes", fallback));
}

/** Words between commas; empty ones are left out. */
export function readList(env: Environment, name: string, fallback: string): string[] {
  const words = readString(env, name, fallback).split(",");
  return words.map((word) => word.trim()).filter((word) => word !== "");
}

/** A switch as the operators write it (Go's strconv.ParseBool); anything else is off. */
export function readSwitch(env: Environment, name: string): boolean {
  return /^(?:1|t|true)$/i.test(readString(env, name, ""));
}

/** The finding about a variable that a check cannot read. */
export function unusable(name: string, text: string, kind: string, example: string): Unmet {
  const about = { name, value: text, kind, example };
  return failure(failureOf(REQUIREMENTS, "CheckSettingInvalid", about));
}
