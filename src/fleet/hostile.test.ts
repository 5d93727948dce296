import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { makePod, terminated } from "../../bench/pod-list.ts";
import { classify } from "./classify.ts";
import { type Collected, createCollector, type Unreadable } from "./collect.ts";
import { readNode } from "./node.ts";
import type { Scope } from "./owners.ts";
import { readPod } from "./pod.ts";
import { reportOf } from "./report.ts";
import { metricsOf } from "./metrics.ts";
import type { Snapshot } from "./snapshot.ts";
import { FORMATS } from "./show/formats.ts";
import { objectOf } from "./untrusted.ts";
import { choosePaint } from "../lib/text/paint.ts";
import { ATTACKS, attackedPod } from "../../test/fleet/attacks.ts";
import { tell, writePods } from "../../test/fleet/fleet-file.ts";

const FORMAT_NAMES = ["table", "wide", "json", "markdown", "html"] as const;

/** Of every tag of a page, its name. */
function tagsOf(html: string): readonly string[] {
  return Array.from(html.matchAll(/<([a-zA-Z!/][^>\s]*)/g), ([, name]) => name ?? "");
}

describe.concurrent("hostile texts show as text", () => {
  for (const format of FORMAT_NAMES) {
    test(format, async () => {
      const { status, stdout, stderr } = await tell(
        writePods(ATTACKS.map(attackedPod)),
        "-o",
        format,
      );
      expect(stderr).toBe("");
      expect(status).toBe(1);
      expect(stdout).toContain("8 namespaces, 8 not prepared");
      expect(stdout).not.toMatch(
        /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u2028\u202e\u2066\ufeff]/,
      );
    });
  }

  test("in HTML no attack makes an element or ends one", async () => {
    const { stdout: attacked } = await tell(writePods(ATTACKS.map(attackedPod)), "-o", "html");
    const { stdout: harmless } = await tell(
      writePods(ATTACKS.map((_, index) => attackedPod(`word${index}`, index))),
      "-o",
      "html",
    );
    expect(tagsOf(attacked)).toEqual(tagsOf(harmless));
  });

  test("in Markdown everything from the cluster stands in code spans", async () => {
    const { stdout } = await tell(writePods(ATTACKS.map(attackedPod)), "-o", "markdown");
    const outside = stdout.replaceAll(/(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, "");
    expect(outside).not.toMatch(/<|alert|everyone|javascript|bold|policy/);
  });
});

describe.concurrent("hostile messages", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["4 KiB of nothing", "\n \t".repeat(1365), "exit status 1, no reason given"],
    ["4 KiB of zeros", "\u0000".repeat(4096), "exit status 1, no reason given"],
    ["broken JSON", '01-a: no\n{"v":1,"outcome":"failed"', "01-a: no"],
    [
      "an outcome that is none",
      'x\n{"v":1,"outcome":"great"}',
      'exit status 1: {"v":1,"outcome":"great"}',
    ],
    [
      "keys of the prototype",
      'x\n{"v":1,"outcome":"constructor","__proto__":{}}',
      'exit status 1: {"v":1,"outcome":"constructor","__proto__":{}}',
    ],
    [
      "a script of the prototype",
      'no\n{"v":1,"outcome":"failed","script":"__proto__","scripts":[{"name":"constructor","outcome":"failed","ms":1}]}',
      "no",
    ],
    [
      "wrong types",
      'no\n{"v":1,"outcome":"failed","script":[],"scripts":{"length":9},"more":"x"}',
      "no",
    ],
  ];
  for (const [name, message, cause] of cases) {
    test(name, async () => {
      const pod = makePod({ index: 1, state: terminated(1, message) });
      const { stdout } = await tell(writePods([pod]), "-o", "json");
      expect(JSON.parse(stdout).causes.map((each: { cause: string }) => each.cause)).toEqual([
        cause,
      ]);
    });
  }

  test("a node with a huge name is shortened, and both are told", async () => {
    const pods = [1, 2].map((index) => makePod({ index, node: `${index}${"x".repeat(100_000)}` }));
    const { stdout } = await tell(writePods(pods), "-o", "json");
    const document = JSON.parse(stdout);
    expect(document.total).toBe(2);
    expect(stdout.length).toBeLessThan(30_000);
  });
});

const EVERYTHING: Scope = {
  container: undefined,
  namespace: undefined,
  selects: () => true,
  selectsAll: true,
};
const NOTHING_ELSE: Omit<Snapshot, "pods"> = {
  daemonSets: undefined,
  refusals: [],
  nodes: [{ name: "node-1" }].flatMap((metadata) => readNode({ metadata }) ?? []),
  placements: new Map(),
};

const screen = { width: 80, paint: choosePaint(false, {}) };

test("whatever a pod holds, every format tells it and none lets control characters through", () => {
  const keys = [
    "metadata",
    "spec",
    "status",
    "name",
    "initContainers",
    "initContainerStatuses",
    "state",
    "lastState",
    "terminated",
    "waiting",
    "message",
    "restartCount",
    "exitCode",
    "ownerReferences",
    "conditions",
    "containers",
    "image",
    "nodeName",
    "startedAt",
    "__proto__",
    "constructor",
  ];
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "medium" },
      fc.jsonValue({ maxDepth: 1 }),
      fc.constantFrom(...ATTACKS, "storageos-init"),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie("value"), { maxKeys: 6 }),
    ),
  }));
  fc.assert(
    fc.property(fc.array(value, { maxLength: 4 }), (values) => {
      const pods = values.flatMap((each) => {
        const object = objectOf(JSON.parse(JSON.stringify(each)));
        return (object && readPod({ metadata: { name: "a" }, ...object })) ?? [];
      });
      const report = reportOf(classify({ ...NOTHING_ELSE, pods }, EVERYTHING), 0);
      expect(report.prepared).toBeLessThanOrEqual(report.total);
      const texts = [
        ...FORMAT_NAMES.map((format) => FORMATS[format](report, screen)),
        metricsOf(report),
      ];
      for (const text of texts)
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }),
    { numRuns: 300 },
  );
});

test("a list is read the same in whatever pieces it comes", async () => {
  const pods = [
    makePod({ index: 1 }),
    attackedPod(ATTACKS[0] ?? "", 2),
    attackedPod('\\"]}{["items":[', 3),
  ];
  const document = {
    kind: "List",
    note: '"items":[',
    metadata: { items: "" },
    items: pods,
    end: [{}],
  };
  const texts = [0, 1, 4].map((indent) => JSON.stringify(document, undefined, indent)).join("\n");
  const bytes = Buffer.from(texts);
  const whole = await collected(inPieces(bytes, [bytes.length]));
  expect(whole).toMatchObject({ pods: { length: 9 } });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 50, max: 9000 }), { minLength: 1, maxLength: 40 }),
      async (sizes) => {
        expect(await collected(inPieces(bytes, sizes))).toEqual(whole);
      },
    ),
    { numRuns: 30 },
  );
});

async function collected(stream: AsyncIterable<Uint8Array>): Promise<Collected | Unreadable> {
  const collector = createCollector({ wants: () => true });
  return (await collector.read(stream)) ?? collector.collected();
}

/** Each piece in the same memory, as a reader that reuses its buffer gives them. */
async function* inPieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.alloc(Math.max(...sizes));
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    const length = bytes.copy(buffer, 0, at, at + size);
    yield buffer.subarray(0, length);
    at += length;
  }
}
