/**
 * Writes the tables of docs/failures.md from the catalogue: `make docs`. With --check it changes
 * nothing and fails if they differ.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TOPICS } from "./catalogue.ts";
import type { Message, Topic } from "./topic.ts";

const PAGE = join(import.meta.dirname, "../failures.md");
const BEGIN =
  "<!-- From docs/failures/ by `make docs`: change the catalogue, not these tables. -->\n";
const END = "<!-- End of what `make docs` writes. -->\n";

const page = readFileSync(PAGE, "utf8");
const [before, rest] = split(page, BEGIN);
const [, after] = split(rest, END);
const rendered = `${before}${BEGIN}\n${TOPICS.map(renderTopic).join("\n")}\n${END}${after}`;
if (!process.argv.includes("--check")) {
  writeFileSync(PAGE, rendered);
} else if (rendered !== page) {
  process.stderr.write("docs/failures.md is not what the catalogue renders; run make docs\n");
  process.exitCode = 1;
}

function split(text: string, marker: string): [string, string] {
  const at = text.indexOf(marker);
  if (at < 0) throw new Error(`docs/failures.md has no line ${marker}`);
  return [text.slice(0, at), text.slice(at + marker.length)];
}

function renderTopic({ title, where, messages }: Topic): string {
  const head = `## ${title}\n\n${where}\n\n| message | what it means | what to do |\n|---|---|---|\n`;
  return head + messages.map(renderMessage).join("");
}

function renderMessage({ message, meaning, fix }: Message): string {
  const cells = [`\`${message.trim()}\``, meaning, fix];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
}
