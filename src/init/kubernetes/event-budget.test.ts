import { expect, test } from "bun:test";
import type { EventReason } from "../../lib/contract/pod-event.ts";
import type { PodEvent } from "./event.ts";
import { createEventBudget } from "./event-budget.ts";

const of = (script: string, reason: EventReason = "ScriptFailed"): PodEvent => ({
  reason,
  script,
  text: {
    cause: `${script} broke`,
    fix: `mend ${script}`,
    code: "Broken",
    params: {},
    output: "o",
  },
});
const prepared: PodEvent = {
  reason: "NodePrepared",
  text: { cause: "prepared", fix: "", output: "" },
};
const scripts = (amount: number) => Array.from({ length: amount }, (_, index) => `s${index}`);

test("ten pass as they come, and one that comes again", () => {
  const budget = createEventBudget();
  for (const script of scripts(10)) expect(budget.admit(of(script))).toEqual([of(script)]);
  expect(budget.admit(of("s3"))).toEqual([of("s3")]);
  expect(budget.flush()).toEqual([]);
});

test("an eleventh is itself, at the end", () => {
  const budget = createEventBudget();
  for (const script of scripts(10)) budget.admit(of(script));
  expect(budget.admit(of("last"))).toEqual([]);
  expect(budget.flush()).toEqual([of("last")]);
  expect(budget.flush()).toEqual([]);
});

test.each([11, 12, 40, 400])("%i failures and the prepared node are at most 12", (amount) => {
  const budget = createEventBudget();
  const posted = [...scripts(amount).map((script) => of(script)), prepared].flatMap(budget.admit);
  expect([...posted, ...budget.flush()].length).toBe(12);
  expect(posted.at(-1)).toEqual(prepared);
});

test("further ones are in the last, with what to do about the worst", () => {
  const budget = createEventBudget();
  for (const script of scripts(10)) budget.admit(of(script));
  budget.admit(of("slow", "ScriptWarning"));
  budget.admit(of("bad"));
  budget.admit(of("late", "ScriptTimedOut"));
  expect(budget.flush()).toEqual([
    {
      reason: "ScriptFailed",
      about: "further scripts",
      text: {
        cause:
          "3 further scripts: slow: slow broke (Broken); bad: bad broke (Broken); late: late broke (Broken)",
        fix: "mend bad",
        output: "",
      },
    },
  ]);
});
