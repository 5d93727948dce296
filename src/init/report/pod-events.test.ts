import { expect, test } from "bun:test";
import { createEventBudget } from "../kubernetes/event-budget.ts";
import { buildEvent } from "../kubernetes/event.ts";
import type { Failure } from "../../lib/failure/failure.ts";
import type { Outcome } from "../run/outcome.ts";
import { DEFAULT_SETTINGS } from "../discover/settings.ts";
import { podEventsOf } from "./pod-events.ts";

const failure = (code: string, module = "a"): Failure => ({
  code,
  cause: `${module} not found`,
  fix: `Install ${module}`,
  params: { module },
});

function ended(failures: readonly Failure[], output = "") {
  const outcome: Outcome = {
    script: "10-a",
    verdict: "failed",
    ending: { how: "exited", status: 1 },
    reason: undefined,
    startedAt: 0,
    durationMs: 1,
    attempts: 1,
    failures,
    changes: [],
    reported: failures,
    output,
    first: undefined,
    tail: { stdout: new Uint8Array(), stderr: Buffer.from("last on stderr\n") },
  };
  const script = { name: "10-a", path: "/scripts/10-a", settings: DEFAULT_SETTINGS };
  return { type: "script-ended", script, outcome } as const;
}

const POD = { namespace: "n", name: "p", uid: "u", container: "c", node: "node" };

test("each failure of a script is an event with a name that stays", () => {
  const several = [failure("ModuleMissing"), failure("ModuleMissing", "b"), failure("PortInUse")];
  const names = (): readonly (string | undefined)[] =>
    podEventsOf(ended(several), true).map(
      (event) => buildEvent(POD, event, new Date(0)).metadata.name,
    );
  expect(new Set(names()).size).toBe(3);
  expect(names()).toEqual(names());
  // The decisive one keeps its name, however many there are beside it.
  const alone = podEventsOf(ended(several.slice(0, 1)), true)[0];
  expect(alone && buildEvent(POD, alone, new Date(0)).metadata.name).toBe(names()[0] ?? "none");
});

test("a link is behind the fix", () => {
  const link = "https://runbooks.example/x";
  const [event] = podEventsOf(ended([{ ...failure("ModuleMissing"), link }]), true);
  expect(event?.text.fix).toBe(`Install a (${link})`);
});

test("a run posts at most 12 of them", () => {
  const budget = createEventBudget();
  const many = Array.from({ length: 32 }, (_, index) => failure("ModuleMissing", `m${index}`));
  const posted = podEventsOf(ended(many), true).flatMap(budget.admit).concat(budget.flush());
  expect(posted).toHaveLength(11);
  expect(posted.at(-1)?.text.cause).toStartWith("22 further failures: 10-a: m10 not found");
});

test("the last lines of both streams are beside a guess, else those of stderr", () => {
  const [guessed] = podEventsOf(ended([failure("ScriptFailed")], "one\ntwo"), true);
  expect(guessed?.text.output).toBe("one\ntwo");
  const [given] = podEventsOf(ended([failure("ModuleMissing")]), true);
  expect(given?.text.output).toBe("last on stderr\n");
  expect(podEventsOf(ended([failure("ScriptFailed")], "one"), false)[0]?.text.output).toBe("");
});

test("a script that runs long is one event with what it waits for", () => {
  const { script } = ended([]);
  const waits = "pid 9 (dd) waits in the kernel, as for a disk or a mount (D, io_schedule)";
  const at = (runningMs: number) =>
    podEventsOf(
      { type: "script-still-running", script, runningMs, lastLine: "syncing", waits },
      true,
    );
  const [event] = at(300_012);
  const built = event && buildEvent(POD, event, new Date(0));
  expect(built).toMatchObject({
    type: "Warning",
    reason: "ScriptStillRunning",
    message: `10-a: still running after 5m; printed last: syncing; ${waits} (ScriptStillRunning). Nothing, if it makes progress; otherwise look at what it waits for.`,
  });
  const [later] = at(600_100);
  expect(later && buildEvent(POD, later, new Date(1)).metadata.name).toBe(
    built?.metadata.name ?? "none",
  );
});
