import { describe, expect, test } from "bun:test";
import { resolve } from "node:path";
import { said } from "../log.ts";
import { runInShell } from "../run-init.ts";
import { makeScripts, shell } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";

const ROOT = resolve(import.meta.dir, "../..");

describe.concurrent("a defect in init itself", () => {
  for (const defect of ["throw", "reject"]) {
    test(`(${defect}) exits 70, prints its stack, and leaves no script running`, async () => {
      const begun = `${temporaryDirectory("begun")}/begun`;
      const scripts = makeScripts({ "10-long": shell(`sleep 1000 & touch ${begun}; sleep 1000`) });
      const { status, stderr } = await runInShell(
        `exec "$ROOT/node_modules/.bin/bun" --define=VERSION='"0.0.0"' \
          --preload="$ROOT/test/fixtures/defect.ts" "$ROOT/src/cli/entry.ts" "$@"`,
        [`-scripts=${scripts}`],
        { ROOT, DEFECT: defect, DEFECT_WHEN: begun },
      );
      expect(stderr.toString()).toMatch(
        /\ninit: a defect in init itself, please report it:\nError: this is a defect\n    at /,
      );
      expect(status).toBe(70);
    });
  }
});

describe.concurrent("too few file descriptors", () => {
  for (const limit of [8, 9, 10, 12, 14, 16, 20]) {
    test(`${limit}: no hang and no defect`, async () => {
      const scripts = makeScripts({ "10-a": shell("echo a"), "20-b": shell("echo b") });
      const { status, stdout, stderr } = await runInShell(
        'ulimit -n "$LIMIT"; exec "$0" "$@"',
        [`-scripts=${scripts}`],
        { LIMIT: String(limit) },
      );
      expect([0, 1, 3]).toContain(status ?? -1);
      expect(stdout.toString()).toBe(status === 0 ? "a\nb\n" : "");
      const why = said(stderr).join("\n");
      if (status !== 0) expect(why).toContain("EMFILE");
      expect(why).not.toContain("errno");
    });
  }
});
