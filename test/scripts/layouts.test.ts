import { describe, expect, test } from "bun:test";
import { unhurried, said } from "../log.ts";
import { machineCode } from "../machine-code.ts";
import { runInit } from "../run-init.ts";
import { file, linkTo, makeScripts, shell, type Entry } from "../scripts-dir.ts";
import { isRoot } from "../namespaces.ts";

type Entries = Readonly<Record<string, Entry>>;

async function lint(entries: Entries): Promise<{ status: unknown; lines: readonly string[] }> {
  const scripts = makeScripts(entries);
  const { status, stdout, stderr } = await runInit(["lint", `-scripts=${scripts}`]);
  const text = `${unhurried(stderr)}${stdout.toString()}`.replaceAll(`${scripts}/`, "");
  return { status, lines: text.trimEnd().split("\n") };
}

/** What a run prints, and what the plan shows of files that are not scripts. */
async function runAndPlan(entries: Entries) {
  const scripts = makeScripts(entries);
  const run = await runInit([`-scripts=${scripts}`]);
  const plan = await runInit(["plan", `-scripts=${scripts}`]);
  return {
    status: run.status,
    printed: run.stdout.toString(),
    log: said(run.stderr),
    ignored: plan.stdout
      .toString()
      .split("\n")
      .filter((line) => / - {2}| no script /.test(line) || line.startsWith("-"))
      .map((line) => line.replace(/^ *- +/, "").replaceAll(/ {2,}/g, " | ")),
  };
}

const PYTHON = Bun.which("python3");

describe.concurrent("directories that people have", () => {
  test("units and configuration beside the script that installs them", async () => {
    const { status, printed, log, ignored } = await runAndPlan({
      "10-install": shell(
        'dir=$(dirname "$0"); cat "$dir/node-tuning.service" "$dir/files/sysctl.conf"',
      ),
      "node-tuning.service": file("[Unit]\n", 0o644),
      "node-tuning.timer": file("[Timer]\n", 0o755),
      "files/sysctl.conf": file("vm.swappiness=1\n", 0o644),
      LICENSE: file("MIT\n", 0o644),
      "README.MD": file("#\n", 0o644),
      "NOTES.Txt": file("x\n", 0o644),
      "config.json": file("{}\n", 0o666),
    });
    expect(status).toBe(0);
    expect(printed).toBe("[Unit]\nvm.swappiness=1\n");
    expect(log[0]).toBe("ignored 5 files that are not scripts; init plan shows them");
    expect(ignored).toEqual([
      "LICENSE | no script | data",
      "NOTES.Txt | no script | documentation",
      "README.MD | no script | documentation",
      "config.json | no script | data",
      "files/sysctl.conf | no script | data",
      "node-tuning.service | no script | data",
      "node-tuning.timer | no script | data",
    ]);
  });

  test("libraries that scripts source: without the mode, with a shebang, sourced by another", async () => {
    const { status, printed, ignored } = await runAndPlan({
      "10-a.sh": shell('. "$(dirname "$0")/lib/common.sh"; say a'),
      "lib/common.sh": file(
        '#!/bin/sh\n. "$(dirname "$0")/lib/words.sh"\nsay() { echo "$WORD $1"; }\n',
        0o644,
      ),
      "lib/words.sh": file("WORD=hello\n", 0o644),
      "lib/extra.sh": file("#!/bin/sh\n# init: kind=library\nexit 9\n", 0o755),
    });
    expect(status).toBe(0);
    expect(printed).toBe("hello a\n");
    expect(ignored).toEqual([
      "lib/common.sh | no script | used by 10-a.sh",
      "lib/extra.sh | no script | library",
      "lib/words.sh | no script | used by lib/common.sh",
    ]);
  });

  test.skipIf(PYTHON === null)("a Python package beside its script (needs python3)", async () => {
    const { status, printed, ignored } = await runAndPlan({
      "10-check.py": file(
        "#!/usr/bin/env python3\nfrom checks import disks\nimport helper\nprint(disks.NAME, helper.NAME)\n",
        0o755,
      ),
      "checks/__init__.py": file("", 0o644),
      "checks/disks.py": file("from . import base\nNAME = base.NAME\n", 0o644),
      "checks/base.py": file("NAME = 'sda'\n", 0o644),
      "helper.py": file("NAME = 'ok'\n", 0o644),
    });
    expect(printed).toBe("sda ok\n");
    expect(status).toBe(0);
    expect(ignored.filter((line) => !line.includes("__pycache__"))).toEqual([
      "checks/__init__.py | no script | used by 10-check.py",
      "checks/base.py | no script | used by checks/disks.py",
      "checks/disks.py | no script | used by 10-check.py",
      "helper.py | no script | used by 10-check.py",
    ]);
  });

  test("133 cloud node scripts and data files: a line for each real problem", async () => {
    const entries: Record<string, Entry> = {};
    for (let index = 0; index < 40; index++) {
      const group = `${10 + (index % 8)}-group`;
      entries[`${group}/${index}-setup.sh`] = shell(
        `# init: set up part ${index} of the node\n. "$(dirname "$0")/../lib/common.sh"\necho ${index}`,
        "timeout=60s",
      );
      entries[`${group}/${index}.service`] = file(`[Unit]\nDescription=${index}\n`, 0o644);
      entries[`${group}/${index}.conf`] = file(`a=${index}\n`, index % 2 === 0 ? 0o644 : 0o755);
    }
    entries["lib/common.sh"] = file('#!/bin/bash\nlog() { echo "$@"; }\n', 0o644);
    for (const name of ["LICENSE", "OWNERS", "Makefile", "versions.json", "node.yaml.tmpl"]) {
      entries[name] = file("text\n", 0o644);
    }
    const good = await lint(entries);
    expect(good.status).toBe(0);
    expect(Object.keys(entries).length).toBeGreaterThan(120);
    // Forty comments, and one line for the files that are ignored.
    const notes = good.lines.filter((line) => !line.includes("comment"));
    expect(notes).toHaveLength(2);
    expect(notes.join("\n")).toContain("not scripts, and ignored: ");
    const bad = await lint({
      ...entries,
      "20-a.sh": file("#!/bin/sh\r\necho\r\n", 0o755),
      "21-b.sh": file("#!/bin/sh\n", 0o644),
      "22-c.sh": file("#!/bin/sh\n", 0o644),
      "23-d": file("", 0o755),
      "24-e": shell(":", "timeout=5 retries=x"),
      "25-f": file("echo no shebang\n", 0o755),
    });
    expect(bad.status).toBe(3);
    expect(bad.lines.map((line) => line.replace(/\..*/, ""))).toEqual([
      "cannot run 20-a",
      "cannot run 21-b",
      "cannot run 23-d:1: it is empty",
      'cannot read settings of 24-e:2: bad timeout: "5" has no unit: write 5s or 5m; bad retries: "x" is not a number from 0 to 999 (SettingsInvalid)'.replace(
        " (SettingsInvalid)",
        "",
      ),
      "cannot run 25-f:1: it has no shebang",
    ]);
  });

  const MODE = "chmod +x what is a script. Write # init: kind=library into what scripts source";
  const refused: readonly (readonly [string, Entries, string])[] = [
    [
      "an empty file without the run bit",
      { "10-x": file("", 0o644) },
      "cannot run 10-x:1: it is empty. Begin the file with #!/bin/sh or another interpreter, or remove it",
    ],
    [
      "a file that has the name of a script and nothing of one",
      { "10-x.sh": file("echo hi\n", 0o644), "README.md": file("10-x.sh\n", 0o644) },
      `cannot run 10-x.sh: it is not executable (mode 0644). ${MODE}`,
    ],
    [
      "machine code without the run bit",
      { "10-x": file(machineCode.exit0, 0o644) },
      `cannot run 10-x: it is not executable (mode 0644). ${MODE}`,
    ],
    [
      "several files of a directory without the run bit, once",
      {
        "10-d/a": file("#!/bin/sh\n", 0o644),
        "10-d/b": file("#!/bin/sh\n", 0o644),
        "10-d/c": file("#!/bin/sh\n", 0o600),
      },
      `cannot run 10-d/a: it is not executable (mode 0644), like b, c beside it. ${MODE}`,
    ],
    [
      "a library that others can write",
      { "10-x": shell(". ./lib.sh"), "lib.sh": file("echo\n", 0o666) },
      "cannot run lib.sh: it is world-writable (mode 0666). chmod o-w",
    ],
  ];
  for (const [name, entries, line] of refused) {
    test(`refused: ${name}`, async () => {
      expect(await lint(entries)).toEqual({ status: 3, lines: [line] });
    });
  }

  test("a comment that begins like settings is one, and lint shows it", async () => {
    const entries = { "10-a": shell("echo ran", "load the modules the driver needs") };
    const { status, printed } = await runAndPlan(entries);
    expect({ status, printed }).toEqual({ status: 0, printed: "ran\n" });
    const { lines } = await lint(entries);
    expect(lines.join("\n")).toContain("10-a:2: a comment, since it has no setting");
  });

  test("lint warns when a file that another script sources would run as a script", async () => {
    const { status, lines } = await lint({
      "10-common.sh": shell("say() { echo; }", "timeout=1m"),
      "20-a.sh": shell('. "${0%/*}/10-common.sh"', "timeout=1m"),
    });
    expect(status).toBe(0);
    expect(lines).toContain(
      "warning: 10-common.sh: 20-a.sh sources it, and it would run as a script, too. Write # init: kind=library into it",
    );
  });

  test.skipIf(!isRoot)(
    "a file of a ConfigMap that is mounted by subPath (needs root)",
    async () => {
      const scripts = makeScripts({ "10-a": file("#!/bin/sh\n", 0o644) });
      const { status, stderr } = await runInit([`-scripts=${scripts}`], {
        wrap: [
          "unshare",
          "--mount",
          "sh",
          "-c",
          'mount --bind "$0" "$0" && exec "$@"',
          `${scripts}/10-a`,
        ],
      });
      expect(status).toBe(3);
      expect(said(stderr).at(-1)).toBe("fix: Set defaultMode: 0755 on the ConfigMap's volume");
    },
  );

  test("a ConfigMap in which everything is executable", async () => {
    const { status, printed, ignored } = await runAndPlan({
      "..2026/10-a.sh": shell("cat ${0%/*}/app.yaml"),
      "..2026/app.yaml": file("a: 1\n", 0o755),
      "..data": linkTo("..2026"),
      "10-a.sh": linkTo("..data/10-a.sh"),
      "app.yaml": linkTo("..data/app.yaml"),
    });
    expect({ status, printed }).toEqual({ status: 0, printed: "a: 1\n" });
    expect(ignored.at(-1)).toBe("app.yaml | no script | data");
  });
});
