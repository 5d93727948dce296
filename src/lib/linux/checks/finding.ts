import type { Failure } from "../../failure/failure.ts";

/** What a check found. */
export type Finding = Met | Unmet;

/** What is there is what is needed; `what` is a line about it. */
export type Met = { readonly verdict: "met"; readonly what: string };

export type Unmet = {
  /** That of the worst: with a `failure` the node cannot work, with a `warning` it may. */
  readonly verdict: "warning" | "failure";
  /** Each requirement that is not met, the worst first. */
  readonly unmet: readonly Need[];
};

export type Need = { readonly verdict: Unmet["verdict"]; readonly failure: Failure };

export function met(what: string): Met {
  return { verdict: "met", what };
}

export function warning(of: Failure): Unmet {
  return { verdict: "warning", unmet: [{ verdict: "warning", failure: of }] };
}

export function failure(of: Failure): Unmet {
  return { verdict: "failure", unmet: [{ verdict: "failure", failure: of }] };
}

/**
 * One finding of several: as bad as the worst, with everything that is not met, so that fixing one
 * does not only uncover the next.
 */
export function combine(findings: readonly Finding[]): Finding {
  const needs = findings.flatMap((finding) => (finding.verdict === "met" ? [] : finding.unmet));
  if (needs.length === 0) {
    return met(
      findings.map((finding) => (finding.verdict === "met" ? finding.what : "")).join(", "),
    );
  }
  const unmet = needs.toSorted((a, b) => rank(a) - rank(b));
  return { verdict: unmet[0]?.verdict ?? "warning", unmet };
}

function rank({ verdict }: Need): number {
  return verdict === "failure" ? 0 : 1;
}
