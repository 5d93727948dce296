/** Loaded before every test file (bunfig.toml). */
import { afterAll, setDefaultTimeout } from "bun:test";
import { rmSync } from "node:fs";
import { killMarked, MARK_OF_THIS_PROCESS } from "./processes.ts";
import { TEMPORARY } from "./temporary.ts";

// A limit for what hangs, not a claim about speed.
setDefaultTimeout(120_000);

afterAll(() => {
  killMarked(MARK_OF_THIS_PROCESS);
  rmSync(TEMPORARY, { recursive: true, force: true });
});
