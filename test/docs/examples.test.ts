/** Runs the examples of docs/scripts.md as a reader would: files as they are shown, then the commands. */
import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { INIT } from "../run-init.ts";
import { temporaryDirectory } from "../temporary.ts";

const PAGE = resolve(import.meta.dir, "../../docs/scripts.md");

type Block = { readonly language: string; readonly file: string; readonly text: string };

const BLOCKS = [...readFileSync(PAGE, "utf8").matchAll(/^```(\w+)(?: (\S+))?\n([^]*?)^```$/gm)].map(
  ([, language = "", file = "", text = ""]): Block => ({ language, file, text }),
);

/** Nothing else is left in a line that differs from run to run. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /;

test.skipIf(Bun.which("python3") === null || Bun.which("bash") === null)(
  "every example runs and prints what the page shows (needs python3)",
  async () => {
    const directory = temporaryDirectory("docs");
    mkdirSync(`${directory}/bin`);
    symlinkSync(INIT, `${directory}/bin/init`);
    expect(BLOCKS.filter(({ language }) => language === "console").length).toBeGreaterThan(4);
    for (const block of BLOCKS) {
      if (block.language === "console") await runConsole(block.text, directory);
      else writeExample(block, directory);
    }
  },
);

function writeExample({ file, text }: Block, directory: string): void {
  expect(file).not.toBe("");
  mkdirSync(dirname(`${directory}/${file}`), { recursive: true });
  writeFileSync(`${directory}/${file}`, text);
}

async function runConsole(text: string, directory: string): Promise<void> {
  const lines = text.trimEnd().split("\n");
  const commands = lines.filter((line) => line.startsWith("$ ")).map((line) => line.slice(2));
  const child = Bun.spawn(["bash", "-c", `exec 2>&1\n${commands.join("\n")}`], {
    cwd: directory,
    env: {
      PATH: `${directory}/bin:${process.env["PATH"]}`,
      TMPDIR: directory,
      STORAGEOS_INIT_STATE_DIR: `${directory}/state`,
      STORAGEOS_INIT_TERMINATION_LOG: `${directory}/termination-log`,
    },
    stdin: null,
    stdout: "pipe",
  });
  const output = await new Response(child.stdout).text();
  const printed = output.split("\n").map((line) => line.replace(TIME, "T "));
  for (const line of lines.filter((shown) => !shown.startsWith("$ "))) {
    const pattern = patternOf(line.replace(TIME, "T "));
    if (!printed.some((one) => pattern.test(one)))
      throw new Error(`the page shows ${JSON.stringify(line)}, and this was printed:\n${output}`);
  }
}

/** `…` is for whatever differs from machine to machine. */
function patternOf(line: string): RegExp {
  const parts = line.split("…").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}
