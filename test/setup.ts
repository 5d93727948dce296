/** Loaded before every test file (bunfig.toml). */
import { afterAll } from "bun:test";
import { rmSync } from "node:fs";
import { killMarked, MARK_OF_THIS_PROCESS } from "./processes.ts";
import { TEMPORARY } from "./temporary.ts";

afterAll(() => {
  killMarked(MARK_OF_THIS_PROCESS);
  rmSync(TEMPORARY, { recursive: true, force: true });
});
