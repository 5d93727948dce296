import { expect, test } from "bun:test";
import { combine, failure, met, warning } from "./finding.ts";

test("all met is met, in one line", () => {
  expect(combine([met("a"), met("b")])).toEqual(met("a, b"));
});

test("it is as bad as the worst, and tells all that is unmet, the worst first", () => {
  expect(combine([warning("slow", "Buy."), met("a"), failure("broken", "Mend.")])).toEqual(
    failure("broken; slow", "Mend. Buy."),
  );
  expect(combine([met("a"), warning("slow", "Buy.")])).toEqual(warning("slow", "Buy."));
});

test("a fix that serves several is told once", () => {
  expect(combine([warning("a", "Mend."), warning("b", "Mend.")])).toEqual(warning("a; b", "Mend."));
});
