import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFleetPod } from "../../bench/fleet.ts";
import { temporaryDirectory } from "../temporary.ts";
import { ATTACKS, attackedPod } from "./attacks.ts";
import { CHROMIUM, openPage, type Page } from "./browser.ts";
import { tell, writePods } from "./fleet-file.ts";

if (CHROMIUM === null) process.stderr.write("the page is not tested: there is no chromium\n");

async function open(pods: readonly unknown[]): Promise<Page> {
  const { stdout } = await tell(writePods(pods), "-o", "html");
  const file = join(temporaryDirectory("page"), "report.html");
  writeFileSync(file, stdout);
  return openPage(file);
}

const CELLS = "[...document.querySelectorAll('.grid i')].filter((cell) => !cell.hidden)";

function type(text: string): string {
  return `filter.value = ${JSON.stringify(text)}; filter.dispatchEvent(new Event("input")); ${CELLS}.length`;
}

describe.skipIf(CHROMIUM === null)("the page in a browser", () => {
  let page: Page;
  beforeAll(async () => {
    page = await open(Array.from({ length: 1000 }, (_, index) => makeFleetPod(index)));
  });
  afterAll(async () => page.close());

  test("shows each node once, with a sign besides its colour", async () => {
    expect(await page.evaluate("document.querySelector('h1').textContent.trim()")).toBe(
      "991 of 1,000 nodes prepared, 9 not: 8 failed (4 causes), 1 running",
    );
    expect(await page.evaluate(`${CELLS}.length`)).toBe(1000);
    expect(
      await page.evaluate(
        "new Set([...document.querySelectorAll('.grid i')].map((cell) => cell.className + cell.textContent)).size",
      ),
    ).toBe(5);
    expect(page.complaints()).toEqual([]);
  });

  test("filters by what is typed, in the grid and in the table", async () => {
    expect(await page.evaluate(type("tcm_loop"))).toBe(4);
    expect(await page.evaluate("shown.textContent")).toBe("4 of 1,000 nodes");
    expect(
      await page.evaluate(
        "[...document.querySelectorAll('tr[data-node]')].filter((row) => !row.hidden).length",
      ),
    ).toBe(4);
    expect(await page.evaluate(type("tcm_loop 5.4.0"))).toBeLessThan(4);
    expect(await page.evaluate(type(""))).toBe(1000);
  });

  test("filters by state, and tells what is known of a node", async () => {
    await page.evaluate("document.querySelector('[data-state=running]').click()");
    expect(await page.evaluate(`${CELLS}.length`)).toBe(1);
    await page.evaluate(`${CELLS}[0].click()`);
    expect(await page.evaluate("detail.textContent")).toMatch(
      /^ip-\S+: running · storageos-init runs \(StillRunning\) · Wait for it; init logs \S+ shows what it prints · kube-system\//,
    );
    await page.evaluate("document.querySelector('[data-state=running]').click()");
    expect(await page.evaluate(`${CELLS}.length`)).toBe(1000);
  });
});

describe.skipIf(CHROMIUM === null)("the page of hostile pods in a browser", () => {
  test("runs nothing, loads nothing, and shows their texts", async () => {
    const page = await open(ATTACKS.map(attackedPod));
    await page.evaluate("cells[nodes.findIndex(([name]) => name.startsWith('<script>'))].click()");
    expect(await page.evaluate("detail.textContent")).toContain(
      "<script>alert(1)</script><img src=x onerror=alert(1)>",
    );
    expect(
      await page.evaluate("document.querySelectorAll('img, svg[onload], main script').length"),
    ).toBe(0);
    expect(await page.evaluate("document.scripts.length")).toBe(2);
    expect(page.complaints()).toEqual([]);
    await page.close();
  });
});
