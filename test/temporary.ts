import { chmodSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Everything the tests of this process write; removed after each test file. */
export const TEMPORARY = join(tmpdir(), `init-test-${process.pid}`);

/** A new directory that every user may write. */
export function temporaryDirectory(purpose: string): string {
  mkdirSync(TEMPORARY, { recursive: true });
  const path = mkdtempSync(join(TEMPORARY, `${purpose}-`));
  chmodSync(path, 0o777);
  return path;
}
