import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { annotationsOf, eventMessage, MAX_MESSAGE_BYTES } from "./pod-event.ts";

const text = { cause: "exit status 3", fix: "Reboot the node", output: "" };

describe("an event's message", () => {
  test("is script, cause and fix, then the output, in one line", () => {
    expect(eventMessage("01-lio", text)).toBe("01-lio: exit status 3. Reboot the node.");
    expect(eventMessage("01-lio", { ...text, output: "one\r\n\n two\tthree \n" })).toBe(
      "01-lio: exit status 3. Reboot the node. Output: one | two three",
    );
    expect(eventMessage(undefined, { cause: "3 scripts passed", fix: "", output: "" })).toBe(
      "3 scripts passed.",
    );
    expect(eventMessage("a", { cause: "Ready?", fix: "Look!", output: "" })).toBe(
      "a: Ready? Look!",
    );
  });

  test("has no colours, control characters or text that runs the other way", () => {
    const output =
      "\u001B[1;31mred\u001B[0m\u0007 \u001B]0;title\u0007\u0000a\u009Db\u202Ec\u2066d\uD800e";
    expect(eventMessage("a", { cause: "x\ny", fix: "", output })).toBe(
      "a: x | y. Output: red abcd\uFFFDe",
    );
    expect(eventMessage("a", { ...text, output: "\u001B]0;no end\nthe cause" })).toEndWith(
      "Output: ]0;no end | the cause",
    );
  });

  test.each([
    ["modprobe tcm_loop\nFATAL: Module tcm_loop not found.\n", "modprobe tcm_loop"],
    ["Module tcm_loop not found. Install it\n", ""],
    ["error: Module tcm_loop not found\n  Install it!\n", ""],
    [
      "Module tcm_loop not found in directory /lib/modules",
      "Module tcm_loop not found in directory /lib/modules",
    ],
    ["Install it or not", "Install it or not"],
    ["done", "done"],
  ])("holds each thing once, not again in the output %j", (output, left) => {
    const message = eventMessage("a", {
      cause: "Module tcm_loop not found",
      fix: "Install it.",
      output,
    });
    const head = "a: Module tcm_loop not found. Install it.";
    expect(message).toBe(left === "" ? head : `${head} Output: ${left}`);
  });

  test("that is too long keeps cause and fix, and the end of the output", () => {
    const output = `${"first ".repeat(300)}the last words`;
    const message = eventMessage("a", { ...text, output });
    expect(Buffer.byteLength(message)).toBe(MAX_MESSAGE_BYTES);
    expect(message).toStartWith("a: exit status 3. Reboot the node. Output: …");
    expect(message).toEndWith("first the last words");
  });

  test("whose cause is too long keeps the cause's start, and no output", () => {
    const message = eventMessage("a", { cause: "c".repeat(2000), fix: "", output: "o" });
    expect(message).toBe(`a: ${"c".repeat(1018)}…`);
  });

  const strings = fc.string({ unit: "binary", maxLength: 1500 });
  const texts = fc.record({ cause: strings, fix: strings, output: strings });

  test("is at most 1024 bytes of well-formed text without control characters", () => {
    fc.assert(
      fc.property(strings, texts, (script, anyText) => {
        const message = eventMessage(script, anyText);
        expect(Buffer.byteLength(message)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
        expect(message.isWellFormed()).toBe(true);
        expect(message).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u);
      }),
      { numRuns: 500 },
    );
  });

  test("is cut between characters, never within one", () => {
    const wide = fc.string({
      unit: fc.constantFrom("é", "語", "🦀", "a"),
      minLength: 400,
      maxLength: 1200,
    });
    fc.assert(
      fc.property(wide, wide, (cause, output) => {
        const message = eventMessage(undefined, { cause, fix: "", output });
        expect(message).not.toContain("\uFFFD");
        const [head = "", tail = ""] = message.split(" Output: ");
        expect(cause.startsWith(head.replace(/[….]$/, ""))).toBe(true);
        expect(output.endsWith(tail.replace(/^…/, ""))).toBe(true);
        // no more is cut than has to be
        const cut = head.endsWith("…") || tail.startsWith("…");
        if (cut) expect(Buffer.byteLength(message)).toBeGreaterThan(MAX_MESSAGE_BYTES - 64);
      }),
    );
  });
});

describe("an event's annotations", () => {
  test("hold code and parameters as they were given", () => {
    const params = fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true });
    fc.assert(
      fc.property(params, (given) => {
        const annotations = annotationsOf({ ...text, code: "ModuleMissing", params: given });
        expect(annotations["init.storageos.com/code"]).toBe("ModuleMissing");
        expect(JSON.parse(annotations["init.storageos.com/params"] ?? "")).toEqual(given);
      }),
    );
  });

  test("are none where nothing failed", () => {
    expect(annotationsOf(text)).toEqual({});
  });
});
