import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const ROOT = resolve(import.meta.dir, "../..");
const PAGES = ["*.md", "docs/*.md", "scripts/*/*.md", "bench/*.md", "examples/**/*.md"].flatMap(
  (pattern) => [...new Bun.Glob(pattern).scanSync(ROOT)],
);

test.each(PAGES)("every link in %s leads somewhere", (page) => {
  const broken = linksOf(page).filter((link) => !leadsSomewhere(page, link));
  expect(broken).toEqual([]);
});

test("every page is within one click of the README", () => {
  const linked = new Set(linksOf("README.md").map((link) => link.split("#", 1)[0]));
  const pages = PAGES.filter((page) => page.startsWith("docs/"));
  expect(pages.filter((page) => !linked.has(page))).toEqual([]);
});

function linksOf(page: string): readonly string[] {
  const text = readFileSync(join(ROOT, page), "utf8").replaceAll(/^```[^]*?^```/gm, "");
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !/^https?:/.test(link));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : join(dirname(page), path);
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === undefined || anchorsOf(target).includes(anchor);
}

/** As GitHub makes them from headings. */
function anchorsOf(page: string): readonly string[] {
  const headings = readFileSync(join(ROOT, page), "utf8").match(/^#+ .*$/gm) ?? [];
  return headings.map((heading) =>
    heading
      .replace(/^#+ /, "")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/g, "-"),
  );
}
