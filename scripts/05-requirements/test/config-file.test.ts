import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { passed, runCheck, warned } from "./run-check.ts";

const directory = mkdtempSync(join(tmpdir(), "config-"));
afterAll(() => rmSync(directory, { recursive: true }));

const path = join(directory, "config.json");
const env = { STORAGEOS_CONFIG_FILE: path };

test("a node without one is new", async () => {
  expect(
    await runCheck("config-file", {
      env: { STORAGEOS_CONFIG_FILE: `${directory}/none/config.json` },
    }),
  ).toEqual(passed(`${directory}/none/config.json: absent, so this node is new`));
});

test("one that can be read passes", async () => {
  writeFileSync(path, '{"id": "33c6c45a-5109-4092-bd5e-0e76ade7fd6e"}\n');
  expect(await runCheck("config-file", { env })).toEqual(passed(`${path}: readable`));
});

test.each([
  ["", "it is empty"],
  ["\n", "it is empty"],
  ['{"id": "33c6c45a-51', "it is not JSON"],
  ["\0\0\0\0", "it is not JSON"],
  ["null", "it is not a JSON object"],
  ["[]", "it is not a JSON object"],
])("one that holds %j warns", async (content, why) => {
  writeFileSync(path, content);
  expect(await runCheck("config-file", { env })).toEqual(
    warned("config-file", unusable(path, why)),
  );
});

test("a directory in its place warns", async () => {
  expect(await runCheck("config-file", { env: { STORAGEOS_CONFIG_FILE: directory } })).toEqual(
    warned("config-file", unusable(directory, "it is a directory")),
  );
});

function unusable(file: string, why: string): string {
  return (
    `cannot use ${file}, the node's identity: ${why}. Restore it from a backup. ` +
    "If none of this node's data is needed, remove it: the node then starts as a new one and its data is lost."
  );
}
