import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { TOPICS } from "../../docs/failures/catalogue.ts";
import { isWording, literalsOf, type Literal } from "./literals.ts";

const ROOT = resolve(import.meta.dir, "../..");
const SOURCES = [
  ...["src/cli/**/*.ts", "src/init/**/*.ts", "src/fleet/*.ts", "src/lib/*.ts", "src/lib/text/*.ts"]
    .map((pattern) => new Bun.Glob(pattern))
    .flatMap((glob) => [...glob.scanSync(ROOT)]),
  "src/lib/linux/libc.ts",
  "src/lib/linux/durable-file.ts",
]
  .filter((file) => !file.endsWith(".test.ts") && file !== "src/lib/script-result.ts")
  .toSorted();

/** Help, the plan and metrics: what was asked for, no messages. */
const NO_MESSAGES = new Set([
  "src/cli/usage.ts",
  "src/cli/commands.ts",
  "src/fleet/fleet-flags.ts",
  "src/init/plan/describe.ts",
  "src/fleet/metrics.ts",
  "src/fleet/verdict.ts",
  "src/fleet/wording-key.ts",
]);

/** Words that only ever stand inside a message of the catalogue, or that nobody gets to read. */
const PARTS = new Set([
  "the whole run's deadline of",
  "its deadline of",
  "the template of …",
  "standard input",
  "(no node) …/…",
  "element … of its items",
  "the list around its items",
  "in any namespace",
  "in namespace …",
  "with the labels … …",
  "==> …: the run before <==",
  "storageos-init … (bun …)",
  "init: …",
  "init: … init: see init --help",
  "init failed:",
  // Defects, and what hold.ts throws to itself.
  "default of --…: …",
  "no directory is writable",
  "no space left",
]);

const MESSAGES = TOPICS.flatMap(({ messages }) => messages);
const EXPLAINED = new Set(MESSAGES.map(({ message, source = message }) => source));
const WORDINGS = SOURCES.flatMap((file) => wordingsOf(file));

test("docs/failures explains every message in the sources", () => {
  const unexplained = WORDINGS.filter(({ text }) => !EXPLAINED.has(text) && !PARTS.has(text));
  expect(unexplained.map(({ file, line, text }) => `${file}:${line}: ${text}`)).toEqual([]);
});

test("every message that docs/failures explains is in the sources", () => {
  const said = new Set(SOURCES.flatMap((file) => literalsIn(file)).map(({ text }) => text));
  expect([...EXPLAINED, ...PARTS].filter((text) => !said.has(text))).toEqual([]);
});

test("a message with its parts filled in is one that its source can give", () => {
  const wrong = MESSAGES.filter(
    ({ message, source = message }) => !patternOf(source).test(message),
  );
  expect(wrong).toEqual([]);
});

test.each(TOPICS)(
  "$title: no message is explained twice, none lacks a meaning or a fix",
  (topic) => {
    const messages = topic.messages.map(({ message }) => message);
    expect(messages).toEqual([...new Set(messages)]);
    expect(topic.messages.filter(({ meaning, fix }) => meaning === "" || fix === "")).toEqual([]);
  },
);

test("the page is what the catalogue renders", () => {
  const render = join(ROOT, "docs/failures/render.ts");
  const { exitCode, stderr } = Bun.spawnSync([process.execPath, render, "--check"]);
  expect({ exitCode, stderr: stderr.toString() }).toEqual({ exitCode: 0, stderr: "" });
});

test.each([
  ["fail(`cannot open ${path}: ${why}`)", ["cannot open …: …"]],
  ['`a ${b ? `, not ${c}` : "no more d"} e`', ["a … e", ", not …", "no more d"]],
  ["// it is `not code`\nx = /[\"`]/; y = 'a \" quote';", ['a " quote']],
  ['f({ g: "two words" }, `${h}${i} is {no} brace`)', ["two words", "… is {no} brace"]],
])("the literals of %s", (source, literals) => {
  expect(
    literalsOf(source)
      .map(({ text }) => text)
      .toSorted(),
  ).toEqual(literals.toSorted());
});

interface Found extends Literal {
  file: string;
}

function wordingsOf(file: string): readonly Found[] {
  if (NO_MESSAGES.has(file)) return [];
  const wordings = literalsIn(file).filter(({ text }) => isWording(text));
  // The others there are the flags' help.
  return file === "src/cli/flags.ts" ? wordings.filter(({ text }) => text.includes("…")) : wordings;
}

/** Each on one line, as the catalogue has it. */
function literalsIn(file: string): readonly Found[] {
  return literalsOf(readFileSync(join(ROOT, file), "utf8")).map(({ text, line }) => ({
    file,
    line,
    text: text.trim().replaceAll("\n", " "),
  }));
}

function patternOf(source: string): RegExp {
  const parts = source.split("…").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}
