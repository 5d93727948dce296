import { fail, ok, type Result } from "../lib/result.ts";

/** Labels by name. */
export type Labels = ReadonlyMap<string, string>;

/** Whether an object with these labels is selected. */
export type Selector = (labels: Labels) => boolean;

const NAME = String.raw`[\w.\-/]+`;
const VALUE = String.raw`[\w.\-]*`;

const EXISTS = new RegExp(String.raw`^(!?)\s*(${NAME})$`);
const EQUALS = new RegExp(String.raw`^(${NAME})\s*(=|==|!=)\s*(${VALUE})$`);
const IN_SET = new RegExp(String.raw`^(${NAME})\s+(in|notin)\s*\(([^()]*)\)$`);

/**
 * Reads a label selector as kubectl takes it (kubernetes.io/docs/concepts/overview/working-with-objects/labels):
 * requirements with commas between them, `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`.
 * An empty text selects everything. The error names the requirement that is none.
 */
export function parseSelector(text: string): Result<Selector, string> {
  const requirements: Selector[] = [];
  if (text.trim() === "") return ok(() => true);
  for (const part of text.split(/,(?![^(]*\))/)) {
    const requirement = parseRequirement(part.trim());
    if (requirement === undefined) return fail(part.trim());
    requirements.push(requirement);
  }
  return ok((labels) => requirements.every((requirement) => requirement(labels)));
}

function parseRequirement(text: string): Selector | undefined {
  const [, not, existing] = EXISTS.exec(text) ?? [];
  if (existing !== undefined) return (labels) => labels.has(existing) === (not === "");
  const [, name, operator, value = ""] = EQUALS.exec(text) ?? [];
  if (name !== undefined) return oneOf(name, [value], operator !== "!=");
  const [, key, kind, list = ""] = IN_SET.exec(text) ?? [];
  if (key === undefined) return undefined;
  const values = list.split(",").map((entry) => entry.trim());
  return oneOf(key, values, kind === "in");
}

/** A label that is missing is in no set, so it is also "not in" each. */
function oneOf(name: string, values: readonly string[], isWanted: boolean): Selector {
  return (labels) => {
    const value = labels.get(name);
    return (value !== undefined && values.includes(value)) === isWanted;
  };
}
