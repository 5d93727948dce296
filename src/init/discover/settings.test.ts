import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { commentsLikeSettings, DEFAULT_SETTINGS, parseSettings } from "./settings.ts";

function parsed(head: string): unknown {
  const result = parseSettings(head);
  return result.ok ? result.value : result.error;
}

describe("settings in a script's comments", () => {
  test("none", () => {
    expect(parsed("#!/bin/sh\n# init\n# initial: timeout=5s\necho '# init: kind=x'\n")).toEqual(
      DEFAULT_SETTINGS,
    );
  });

  test("every key, over several lines and both kinds of comment", () => {
    const head = `#!/bin/sh
# init: timeout=1h30m retries=3
  //   init:  retry-delay=500ms\ton-failure=warn
#init: kind=check node-image=">=1.4.0 <2" once='per-content' once-env=A,B_2 strict=yes dry-run=yes undo=yes
`;
    expect(parsed(head)).toEqual({
      timeoutMs: 5_400_000,
      retries: 3,
      retryDelayMs: 500,
      onFailure: "warn",
      kind: "check",
      nodeImage: ">=1.4.0 <2",
      once: "per-content",
      onceEnv: ["A", "B_2"],
      isStrict: true,
      hasDryRun: true,
      hasUndo: true,
    });
  });

  const bad: readonly (readonly [string, string])[] = [
    ["timout=5s", 'unknown key "timout" (did you mean timeout?)'],
    ["colour=red", 'unknown key "colour"'],
    ["__proto__=1", 'unknown key "__proto__"'],
    ["toString=1", 'unknown key "toString"'],
    ["timeout", '"timeout" is not key=value'],
    ["timeout=", 'bad timeout: "" is not a duration: write it as 30s, 5m or 1h30m'],
    ["timeout=5", 'bad timeout: "5" has no unit: write 5s or 5m'],
    ["timeout=-5s", 'bad timeout: "-5s" is not a duration: write it as 30s, 5m or 1h30m'],
    ["timeout=1000h", 'bad timeout: "1000h" is too long: at most 596h'],
    ["retries=-1", 'bad retries: "-1" is not a number from 0 to 999'],
    ["retries=1e3", 'bad retries: "1e3" is not a number from 0 to 999'],
    ["strict=true", 'bad strict: "true" is not yes or no'],
    ["on-failure=ignore", 'bad on-failure: "ignore" is not fail or warn'],
    [
      "once=per-content-digest",
      'bad once: "per-content-digest" is not per-node-image, per-content or per-boot',
    ],
    [
      "once-env=A once=per-boot,",
      'bad once: "per-boot," is not per-node-image, per-content or per-boot (did you mean per-boot?)',
    ],
    [
      "once=per-boot once-env=A-B",
      'bad once-env: "A-B" is not a list of variables: write it as NAME,NAME',
    ],
    ["once-env=A", "once-env is for scripts with once"],
    ["strict=1", 'bad strict: "1" is not yes or no'],
    ["node-image=vier", 'bad node-image: "vier" is not a semver range: write it as ">=1.4.0 <2"'],
    ['node-image=">=1', 'the quote in ">=1 is not closed'],
    ["kind=check kind=change", "kind is already set in line 2"],
  ];
  for (const [words, what] of bad) {
    test(`refuses ${words}`, () => {
      expect(parsed(`#!/bin/sh\n# init: ${words}\n`)).toEqual([{ line: 2, what }]);
    });
  }

  test.each([
    "load the modules the driver needs",
    "see https://x/?timeout=5s",
    "TODO: timeout",
    "",
    "a=1 or so",
  ])("a line is a comment that has no key: %s", (words) => {
    const head = `#!/bin/sh\n# init: ${words}\n`;
    expect(parsed(head)).toEqual(DEFAULT_SETTINGS);
    expect(commentsLikeSettings(head)).toEqual([2]);
  });

  test.each([
    ["timeout=5s retires=2", 'unknown key "retires" (did you mean retries?)'],
    ["timeout=5s because slow", '"because" is not key=value; "slow" is not key=value'],
    ["timeuot=5s", 'unknown key "timeuot" (did you mean timeout?)'],
  ])("and a misspelt key beside a known one is an error: %s", (words, what) => {
    expect(parsed(`#!/bin/sh\n# init: ${words}\n`)).toEqual([{ line: 2, what }]);
  });

  test("reports every line with errors once, with all of them", () => {
    expect(parsed("#!/bin/sh\n# init: kind=x retries=x\n#\n# init: once=x kind=change\n")).toEqual([
      {
        line: 2,
        what: 'bad kind: "x" is not change, check or library; bad retries: "x" is not a number from 0 to 999',
      },
      {
        line: 4,
        what: 'bad once: "x" is not per-node-image, per-content or per-boot; kind is already set in line 2',
      },
    ]);
  });

  const settings = fc.record({
    timeoutMs: fc.option(fc.nat(2 ** 31 - 1), { nil: undefined }),
    retries: fc.nat(999),
    retryDelayMs: fc.nat(2 ** 31 - 1),
    onFailure: fc.constantFrom("fail", "warn"),
    kind: fc.constantFrom("change", "check"),
    nodeImage: fc.constantFrom(undefined, ">=1.4.0 <2", "2.x", "^1.5.0 || >3"),
    once: fc.constantFrom("per-boot", "per-node-image", "per-content"),
    onceEnv: fc.constantFrom([], ["A"], ["A", "b_2"]),
    isStrict: fc.boolean(),
    hasDryRun: fc.boolean(),
    hasUndo: fc.boolean(),
  });

  test("whatever is written is read again, in any order and on any lines", () => {
    fc.assert(
      fc.property(settings, fc.infiniteStream(fc.nat()), (wanted, picks) => {
        const words = [
          wanted.timeoutMs === undefined ? "" : `timeout=${wanted.timeoutMs}ms`,
          `retries=${wanted.retries}`,
          `retry-delay=${wanted.retryDelayMs}ms`,
          `on-failure=${wanted.onFailure}`,
          `kind="${wanted.kind}"`,
          wanted.nodeImage === undefined ? "" : `node-image='${wanted.nodeImage}'`,
          `once=${wanted.once}`,
          wanted.onceEnv.length === 0 ? "" : `once-env=${wanted.onceEnv.join(",")}`,
          `strict=${wanted.isStrict ? "yes" : "no"}`,
          `dry-run=${wanted.hasDryRun ? "yes" : "no"}`,
          `undo=${wanted.hasUndo ? "yes" : "no"}`,
        ].filter(Boolean);
        let head = "#!/bin/sh\n# init: ";
        while (words.length > 0) {
          const pick = picks.next().value ?? 0;
          head += `${words.splice(pick % words.length, 1).join("")}${pick % 2 === 0 ? " " : "\n// init: "}`;
        }
        expect(parsed(`${head}\n`)).toEqual(wanted);
      }),
    );
  });

  test("no text at all makes it throw, and each error has a line of the text", () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom("kind=", "timeout=", '"', "'", " ", "=", "\n# init:"),
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const head = `# init:${words.join("")}`;
        const result = parseSettings(head);
        const lines = head.split("\n").length;
        if (!result.ok) {
          expect(result.error.length).toBeGreaterThan(0);
          for (const { line } of result.error) {
            expect(line).toBeGreaterThanOrEqual(1);
            expect(line).toBeLessThanOrEqual(lines);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
