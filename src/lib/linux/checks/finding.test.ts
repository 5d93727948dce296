import { expect, test } from "bun:test";
import type { Failure } from "../../failure/failure.ts";
import { combine, failure, met, warning } from "./finding.ts";

function about(cause: string): Failure {
  return { code: "TestCode", cause, fix: `Fix ${cause}.`, params: {} };
}

test("all met is met, in one line", () => {
  expect(combine([met("a"), met("b")])).toEqual(met("a, b"));
});

test("it is as bad as the worst, and holds all that is unmet, the worst first", () => {
  const found = [warning(about("slow")), met("a"), failure(about("broken"))];
  expect(combine(found)).toEqual({
    verdict: "failure",
    unmet: [
      { verdict: "failure", failure: about("broken") },
      { verdict: "warning", failure: about("slow") },
    ],
  });
  expect(combine([met("a"), warning(about("slow"))])).toEqual(warning(about("slow")));
});
