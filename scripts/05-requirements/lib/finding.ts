/** What a check found, for a person. */
export type Finding = Met | Unmet;

/** What is there is what is needed; `what` is a line that says so. */
export type Met = { readonly verdict: "met"; readonly what: string };

export type Unmet = {
  /** `failure`: the node cannot work so. `warning`: it may. */
  readonly verdict: "warning" | "failure";
  /** What is there and what is needed: no full stop at its end. */
  readonly cause: string;
  /** What a person does about it, with its full stop. */
  readonly fix: string;
};

export function met(what: string): Met {
  return { verdict: "met", what };
}

export function warning(cause: string, fix: string): Unmet {
  return { verdict: "warning", cause, fix };
}

export function failure(cause: string, fix: string): Unmet {
  return { verdict: "failure", cause, fix };
}

/**
 * One finding of several: as bad as the worst, and it tells all that is unmet, the worst first, lest
 * mending one only uncovers the next.
 */
export function combine(findings: readonly Finding[]): Finding {
  const unmet = findings.filter((finding) => finding.verdict !== "met");
  if (unmet.length === 0) {
    return met(
      findings.map((finding) => (finding.verdict === "met" ? finding.what : "")).join(", "),
    );
  }
  const worstFirst = unmet.toSorted((a, b) => rank(a) - rank(b));
  const fixes = new Set(worstFirst.map(({ fix }) => fix));
  return {
    verdict: unmet.some(({ verdict }) => verdict === "failure") ? "failure" : "warning",
    cause: worstFirst.map(({ cause }) => cause).join("; "),
    fix: [...fixes].join(" "),
  };
}

function rank({ verdict }: Unmet): number {
  return verdict === "failure" ? 0 : 1;
}
