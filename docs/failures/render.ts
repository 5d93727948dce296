/**
 * Writes the tables of docs/failures.md from the registry: `make docs`. With --check it changes
 * nothing and fails if they differ.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  explainedEntries,
  TOPICS,
  type Explained,
  type Topic,
} from "../../src/lib/failure/registry.ts";

const PAGE = join(import.meta.dirname, "../failures.md");
const BEGIN =
  "<!-- From src/lib/failure/topics by `make docs`: change the registry, not this. -->\n";
const END = "<!-- End of what `make docs` writes. -->\n";

const page = readFileSync(PAGE, "utf8");
const [before, rest] = split(page, BEGIN);
const [, after] = split(rest, END);
const rendered = `${before}${BEGIN}\n${TOPICS.map(renderTopic).join("\n")}\n${END}${after}`;
if (!process.argv.includes("--check")) {
  writeFileSync(PAGE, rendered);
} else if (rendered !== page) {
  process.stderr.write("docs/failures.md differs from the registry: run make docs\n");
  process.exitCode = 1;
}

function split(text: string, marker: string): [string, string] {
  const at = text.indexOf(marker);
  if (at < 0) throw new Error(`docs/failures.md has no line ${marker}`);
  return [text.slice(0, at), text.slice(at + marker.length)];
}

function renderTopic(topic: Topic): string {
  const head = `## ${topic.title}\n\n| code | what it means | what to do |\n|---|---|---|\n`;
  return head + explainedEntries(topic).map(renderEntry).join("");
}

function renderEntry({ code, entry, cause }: Explained): string {
  const cells = [
    `<a id="${code.toLowerCase()}"></a>\`${code}\``,
    `${entry.meaning} Example: \`${cause.replaceAll("`", "'")}\``,
    entry.remedy,
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |\n`;
}
