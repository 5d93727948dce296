import { describe, expect, test } from "bun:test";
import { chmodSync, chownSync, existsSync, lchownSync, symlinkSync } from "node:fs";
import { said } from "../log.ts";
import { isRoot } from "../namespaces.ts";
import { runInit, type Ended } from "../run-init.ts";
import { linkTo, makeScripts, shell } from "../scripts-dir.ts";

function onMount(scripts: string, commands: string): readonly string[] {
  return ["unshare", "--mount", "bash", "-c", `cd / && ${commands} && exec "$@"`, scripts];
}

const BIND = 'mount --bind "$0" "$0"';
const READ_ONLY = `${BIND} && mount -o remount,bind,ro "$0"`;

/** The cause and the fix of a refused run with one problem. */
function problemOf({ status, stderr }: Ended): string {
  expect(status).toBe(3);
  const [cause = "", fix = ""] = said(stderr).slice(-2);
  return `${cause.replace(/^cause: /, "").replace(/ \(\w+\)$/, "")}. ${fix.replace(/^fix: /, "")}`;
}

describe.concurrent("a scripts directory that others can change", () => {
  test("a world-writable script", async () => {
    const scripts = makeScripts({ "10-a": { content: "#!/bin/sh\n", mode: 0o757 } });
    expect(problemOf(await runInit([`-scripts=${scripts}`]))).toBe(
      `cannot run ${scripts}/10-a: it is world-writable (mode 0757). chmod o-w`,
    );
  });

  for (const [name, mode, shown] of [
    ["world-writable", 0o777, "0777"],
    ["world-writable and sticky", 0o1777, "01777"],
  ] as const) {
    test.skipIf(!isRoot)(`a directory that is ${name} (needs root)`, async () => {
      const scripts = makeScripts({ "10-a": shell(":"), "20-d/b": shell(":") });
      chmodSync(`${scripts}/20-d`, mode);
      expect(problemOf(await runInit([`-scripts=${scripts}`]))).toBe(
        `cannot run scripts of ${scripts}/20-d: it is world-writable (mode ${shown}). chmod o-w, or mount it read-only`,
      );
    });
  }

  test.skipIf(!isRoot)("on a read-only mount, as a ConfigMap's volume (needs root)", async () => {
    const scripts = makeScripts({ "10-a": { content: "#!/bin/sh\necho ran\n", mode: 0o777 } });
    chmodSync(scripts, 0o777);
    const run = await runInit([`-scripts=${scripts}`], { wrap: onMount(scripts, READ_ONLY) });
    expect({ status: run.status, stdout: run.stdout.toString() }).toEqual({
      status: 0,
      stdout: "ran\n",
    });
  });

  test.skipIf(!isRoot)(
    "the root of a volume with root's files only, as an emptyDir (needs root)",
    async () => {
      const scripts = makeScripts({ "10-a": shell("echo ran"), ".hidden": shell(":") });
      chmodSync(scripts, 0o777);
      const wrap = onMount(scripts, BIND);
      const run = await runInit([`-scripts=${scripts}`], { wrap });
      expect({ status: run.status, stdout: run.stdout.toString() }).toEqual({
        status: 0,
        stdout: "ran\n",
      });
      chownSync(`${scripts}/.hidden`, 65534, 65534);
      expect(problemOf(await runInit([`-scripts=${scripts}`], { wrap }))).toBe(
        `cannot run scripts of ${scripts}: it is world-writable (mode 0777) and .hidden does not belong to root. chown root .hidden, or mount the directory read-only`,
      );
    },
  );

  test.skipIf(!isRoot)("a link of somebody else's in such a volume (needs root)", async () => {
    const scripts = makeScripts({ "10-a": shell(":") });
    symlinkSync("/bin/true", `${scripts}/20-b`);
    lchownSync(`${scripts}/20-b`, 65534, 65534);
    chmodSync(scripts, 0o777);
    const run = await runInit([`-scripts=${scripts}`], { wrap: onMount(scripts, BIND) });
    expect(problemOf(run)).toContain("20-b does not belong to root");
  });

  test.skipIf(!isRoot)(
    "a foreign owner is a warning, once for each user (needs root)",
    async () => {
      const scripts = makeScripts({
        "10-a": shell("echo ran"),
        "20-b": shell(":"),
        "30-c": shell(":"),
      });
      chownSync(`${scripts}/10-a`, 1234, 0);
      chownSync(`${scripts}/20-b`, 1234, 0);
      const run = await runInit([`-scripts=${scripts}`]);
      const warning = `warning: ${scripts}/10-a and 1 more: owned by user 1234, who can change what init runs. chown it to root`;
      expect(run.status).toBe(0);
      expect(said(run.stderr)[0]).toBe(warning);
      const lint = await runInit(["lint", `-scripts=${scripts}`, "--timeout=1m"]);
      expect({
        status: lint.status,
        stderr: lint.stderr.toString(),
        stdout: lint.stdout.toString(),
      }).toEqual({
        status: 0,
        stderr: `${warning}\n`,
        stdout: `${scripts}: 3 scripts, 1 warning\n`,
      });
    },
  );
});

describe.concurrent("a walk that could be without an end", () => {
  for (const [name, target] of [
    ["the root directory", "/"],
    ["the directory above", ".."],
    ["itself", "."],
  ] as const) {
    test(`a link to ${name}`, async () => {
      const scripts = makeScripts({
        "10-a": shell(":"),
        "20-d/30-link": linkTo(target === "/" ? "/" : `../${target}`),
      });
      expect(problemOf(await runInit([`-scripts=${scripts}`]))).toBe(
        `cannot run ${scripts}/20-d/30-link: it is a link to a directory above it, a cycle. Remove the link`,
      );
    });
  }

  for (const directory of ["/", "/usr"]) {
    test.skipIf(!existsSync(directory))(`-scripts=${directory}`, async () => {
      const run = await runInit([`-scripts=${directory}`]);
      expect(problemOf(run)).toBe(
        `cannot run ${directory}: it holds more than 10000 entries. Check that -scripts names a scripts directory, and that no link in it leads out of it`,
      );
    });
  }

  test("a link to a large tree beside good scripts", async () => {
    const scripts = makeScripts({ "10-a": shell(":"), "20-usr": linkTo("/usr") });
    expect(problemOf(await runInit([`-scripts=${scripts}`]))).toContain(
      "it holds more than 10000 entries",
    );
  });
});
