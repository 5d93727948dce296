/** Lists of results: what failed, how much of it, and what passed. */
import { row, type Rule } from "../rule.ts";

/** How many failed. */
export const TOTALS: readonly Rule[] = [
  row(
    "total",
    "totals",
    /^(?:status|result|summary|total|totals|overall|verdict|tests?|checks?|conclusion)\b.*(?:fail|error|not ok|ko\b|problem|unhealthy)/i,
    "lists of results",
  ),
  row(
    "total",
    "totals",
    /^\(?\d+ (?:of|out of|\/) ?\d+ .*(?:fail|error|not (?:ok|ready|met)|problem|missing|pass)|^\d+\/\d+ .*(?:fail|pass)/i,
    "lists of results",
  ),
  row(
    "total",
    "totals",
    /^(?:found |there (?:were|was) |with )?\d+ (?:\w+ ){0,3}(?:errors?|failures?|failed|problems?|issues?|violations?|fail)(?: (?:found|detected|occurred|encountered|reported|total|failed))?[.!]?(?:[,;] .*)?$/i,
    "lists of results",
  ),
  row(
    "total",
    "totals",
    /^(?:some|one or more|not all|several|at least one|all|the following|multiple) (?:\w+ ){0,3}(?:checks?|tests?|requirements?|prerequisites?|validations?|steps?|preflight|conditions?|items?|tasks?|errors?)\b.*(?:fail|not|error|occurred|missing|unmet|unsuccessful)/i,
    "lists of results",
  ),
];

/** What failed. */
export const FAILED: readonly Rule[] = [
  row(
    "failed",
    "failed items",
    /^\[? ?(?:FAIL(?:ED|URE)?|NOT ?OK|KO|NOK|BAD|MISSING|CRIT)\b ?\]?[:\s|-]+\S/,
    "lists of results",
  ),
  row("failed", "failed items", /^not ok \d+/, "testanything.org, the Test Anything Protocol"),
  row(
    "failed",
    "failed items",
    /(?:[.:\s|-]|\[ ?)(?:FAIL(?:ED|URE)?|NOT ?OK|NOK)\b(?: ?\]| ?\||[:\s]*$|[:\s]* ?[(:-].*)/,
    "lists of results: the word at the end",
  ),
  row(
    "failed",
    "failed items",
    /(?:\.{2,}|…|:) ?\[? ?(?:fail(?:ed)?|error|missing|no|not (?:found|ok|loaded|mounted|enabled|running|installed|set|available)|absent|disabled)\b ?\]?(?: ?\(.*\)| ?[:-] .*)?$/i,
    "lists of results: `checking x... no`",
  ),
];

/** What worked. */
export const SUCCESSES: readonly Rule[] = [
  row(
    "success",
    "results",
    /(?:^|[.:\s[(|-])(?:ok|okay|pass(?:ed|es)?|success(?:ful(?:ly)?)?|succeeded|done|completed?|complete|ready|yes|up[ -]to[ -]date|unchanged|already \w+|healthy|true)\b[\])!. ]*(?:$| in \d| \(\d| after \d)/i,
    "lists of results, progress",
  ),
  row(
    "success",
    "results",
    /^(?:all |node |module |everything |service |package |the )?(?:\S+ ){0,4}(?:is |are |was |were |has been |have been )?(?:ok|loaded|labell?ed|installed|enabled|started|created|configured|mounted|updated|applied|verified|prepared|registered|annotated|patched|activated|initiali[sz]ed|reloaded|restarted|removed|deleted|written|saved|set|found|present|available|active|running|good|fine)[.! ]*$/i,
    "progress of scripts",
  ),
  row(
    "success",
    "results",
    /\bsuccess(?:ful(?:ly)?)?\b|^(?:ok|pass|passed)\b/i,
    "progress of scripts",
  ),
];
