/** `KEY>=N`, sizes and versions, as people write them. */

const OPERATORS = [">=", "<=", "==", "!=", "=", ">", "<"] as const;

export type Operator = (typeof OPERATORS)[number];

export type Condition = {
  readonly name: string;
  readonly operator: Operator;
  readonly value: string;
};

/** undefined if the text is not a name, an operator and a value. */
export function readCondition(text: string): Condition | undefined {
  const [, name = "", given, value = ""] =
    /^([^<>=!]+)(>=|<=|==|!=|=|>|<)([^<>=!]+)$/.exec(text) ?? [];
  const operator = OPERATORS.find((known) => known === given);
  if (operator === undefined || name.trim() === "" || value.trim() === "") return undefined;
  return { name: name.trim(), operator, value: value.trim() };
}

/** Compares numbers and versions part by part, everything else as text. */
export function compare(value: string, operator: Operator, wanted: string): boolean {
  const order = orderOf(value, wanted);
  switch (operator) {
    case ">=":
      return order !== undefined && order >= 0;
    case "<=":
      return order !== undefined && order <= 0;
    case ">":
      return order !== undefined && order > 0;
    case "<":
      return order !== undefined && order < 0;
    case "=":
    case "==":
      return order === 0 || value === wanted;
    case "!=":
      return order !== 0 && value !== wanted;
  }
}

/** Negative where `a` is less; undefined where one of them is neither a number nor a version. */
function orderOf(a: string, b: string): number | undefined {
  const [left, right] = [partsOf(a), partsOf(b)];
  if (left === undefined || right === undefined) return undefined;
  for (let at = 0; at < right.length; at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function partsOf(text: string): readonly number[] | undefined {
  if (/^-?\d+$/.test(text)) return [Number(text)];
  return versionOf(text);
}

/** `5.15.0-91-generic` is 5.15.0; undefined if it does not begin with a number. */
export function versionOf(text: string): readonly number[] | undefined {
  const version = /^\d+(?:\.\d+){0,3}(?=$|[-+_~]|\.[A-Za-z])/.exec(text)?.[0];
  return version?.split(".").map(Number);
}

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
};

/** Bytes: `2GiB`, `2Gi`, `500M`, `1073741824`; undefined if the text is not a size. */
export function readBytes(text: string): number | undefined {
  const [, amount, unit = ""] = /^(\d{1,15}(?:\.\d{1,6})?)([kmgt]i?)?b?$/i.exec(text) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  return amount === undefined || factor === undefined
    ? undefined
    : Math.round(Number(amount) * factor);
}
