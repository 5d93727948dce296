import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { said } from "../log.ts";
import { runInit } from "../run-init.ts";
import { file, linkTo, makeScripts, shell, type Entry } from "../scripts-dir.ts";

type Entries = Readonly<Record<string, Entry>>;

/** What `init run` says of a directory in which nothing may run, without the path of the directory. */
async function refusalOf(entries: Entries): Promise<readonly string[]> {
  const scripts = makeScripts({ "00-first": shell("echo ran"), ...entries });
  const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`]);
  expect(status).toBe(3);
  expect(stdout.toString()).toBe("");
  return said(stderr).map((line) => line.replaceAll(`${scripts}/`, ""));
}

const BEGIN = "Begin the file with #!/bin/sh or another interpreter";
const MODE = "chmod +x what is a script. Write # init: kind=library into what scripts source";
const CORRECT = "Correct the path, or remove the entry";
const SETTINGS = "Correct the line. docs/scripts.md lists all settings";
const ONE_PROBLEM = "init failed: nothing was run: 1 problem found";

describe.concurrent("what cannot run is told before anything runs", () => {
  const cases: readonly (readonly [string, Entries, readonly [cause: string, fix: string]])[] = [
    [
      "a file without the run bit",
      { "10-x": file("#!/bin/sh\n", 0o644) },
      ["cannot run 10-x: it is not executable (mode 0644) (ScriptNotExecutable)", MODE],
    ],
    [
      "a world-writable file",
      { "10-x": file("#!/bin/sh\n", 0o757) },
      ["cannot run 10-x: it is world-writable (mode 0757) (ScriptWritableByOthers)", "chmod o-w"],
    ],
    [
      "no shebang",
      { "10-x": file("echo hi\n", 0o755) },
      ["cannot run 10-x:1: it has no shebang (ShebangInvalid)", BEGIN],
    ],
    [
      "an empty file",
      { "10-x": file("", 0o755) },
      ["cannot run 10-x:1: it is empty (ShebangInvalid)", `${BEGIN}, or remove it`],
    ],
    [
      "an empty shebang",
      { "10-x": file("#!\necho\n", 0o755) },
      ["cannot run 10-x:1: its shebang names no interpreter (ShebangInvalid)", BEGIN],
    ],
    [
      "an interpreter that is missing",
      { "10-x": file("#!/no/such/sh -e\n", 0o755) },
      [
        "cannot run 10-x:1: its interpreter /no/such/sh was not found (InterpreterMissing)",
        "Install it in the image, or use another interpreter",
      ],
    ],
    [
      "an interpreter that env does not find",
      { "10-x": file("#!/usr/bin/env no-such-sh\n", 0o755) },
      [
        "cannot run 10-x:1: its interpreter no-such-sh was not found (InterpreterMissing)",
        "Install it in the image, or use another interpreter",
      ],
    ],
    [
      "an interpreter without an absolute path",
      { "10-x": file("#!bash\n", 0o755) },
      [
        'cannot run 10-x:1: its interpreter "bash" is not an absolute path (ShebangInvalid)',
        "Write #!/usr/bin/env bash",
      ],
    ],
    [
      "env without a command",
      { "10-x": file("#!/usr/bin/env\n", 0o755) },
      [
        "cannot run 10-x:1: its shebang runs env without a command (ShebangInvalid)",
        "Write #!/usr/bin/env sh",
      ],
    ],
    [
      "several words for env, which the kernel gives it as one",
      { "10-x": file("#!/usr/bin/env bash -e\n", 0o755) },
      [
        'cannot run 10-x:1: the kernel passes "bash -e" to env as one argument (ShebangInvalid)',
        "Write #!/usr/bin/env -S bash -e",
      ],
    ],
    [
      "Windows line ends",
      { "10-x": file("#!/bin/sh\r\necho hi\r\n", 0o755) },
      [
        "cannot run 10-x:1: it has Windows line ends (CRLF) (ScriptEncoding)",
        "Convert it with dos2unix",
      ],
    ],
    [
      "Windows line ends after the first line",
      { "10-x": file("#!/bin/sh\necho hi\r\n", 0o755) },
      [
        "cannot run 10-x:2: it has Windows line ends (CRLF) (ScriptEncoding)",
        "Convert it with dos2unix",
      ],
    ],
    [
      "Windows line ends far down in a shell script",
      { "10-x": file(`#!/bin/bash\n${"# comment\n".repeat(2_000)}exit 0\r\n`, 0o755) },
      [
        "cannot run 10-x:2002: it has Windows line ends (CRLF) (ScriptEncoding)",
        "Convert it with dos2unix",
      ],
    ],
    [
      "a byte order mark",
      { "10-x": file("\ufeff#!/bin/sh\n", 0o755) },
      [
        "cannot run 10-x:1: it begins with a byte order mark, which hides its shebang (ScriptEncoding)",
        "Save it as UTF-8 without BOM",
      ],
    ],
    [
      "a dangling link",
      { "10-x": linkTo("nowhere") },
      ["cannot run 10-x: it is a link to something that does not exist (EntryUnusable)", CORRECT],
    ],
    [
      "a link to itself",
      { "10-x": linkTo("10-x") },
      [
        "cannot run 10-x: it is a link that leads back to itself, a cycle (EntryUnusable)",
        "Remove the link",
      ],
    ],
    [
      "a link to a directory above",
      { "10-d/a": shell(":"), "10-d/up": linkTo("..") },
      [
        "cannot run 10-d/up: it is a link to a directory above it, a cycle (EntryUnusable)",
        "Remove the link",
      ],
    ],
    [
      "a socket, a device, a FIFO",
      { "10-x": linkTo("/dev/null") },
      ["cannot run 10-x: it is neither a file nor a directory (EntryUnusable)", "Remove it"],
    ],
    [
      "an unknown setting",
      { "10-x": file("#!/bin/sh\n#\n# init: timout=5s\n", 0o755) },
      [
        'cannot read settings of 10-x:3: unknown key "timout" (did you mean timeout?) (SettingsInvalid)',
        SETTINGS,
      ],
    ],
    [
      "a bad duration",
      { "10-x": shell(":", "timeout=5") },
      [
        'cannot read settings of 10-x:2: bad timeout: "5" has no unit: write 5s or 5m (SettingsInvalid)',
        SETTINGS,
      ],
    ],
    [
      "a bad choice",
      { "10-x": shell(":", "kind=chek") },
      [
        'cannot read settings of 10-x:2: bad kind: "chek" is not change, check or library (did you mean check?) (SettingsInvalid)',
        SETTINGS,
      ],
    ],
    [
      "a range without a node image",
      { "10-x": shell(":", 'node-image=">=1.4.0"') },
      [
        "cannot decide whether 10-x is for this node (node-image=>=1.4.0): the node image is unknown (NodeVersionUnknown)",
        expect.stringMatching(/^Give the node image with -nodeImage/),
      ],
    ],
  ];
  for (const [name, entries, [cause, fix]] of cases) {
    test(name, async () => {
      const [first, ...rest] = await refusalOf(entries);
      expect([first, ...rest]).toEqual([ONE_PROBLEM, `cause: ${cause}`, rest[1] ?? ""]);
      expect(rest[1]?.replace("fix: ", "")).toEqual(fix);
    });
  }

  test("a name that is not UTF-8", async () => {
    const scripts = makeScripts({ "00-first": shell("echo ran") });
    const name = Buffer.concat([Buffer.from(`${scripts}/10-`), Buffer.from([0xff, 0xe4, 0x78])]);
    writeFileSync(name, "#!/bin/sh\n", { mode: 0o755 });
    const { status, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(3);
    expect(said(stderr)).toEqual([
      ONE_PROBLEM,
      `cause: cannot run ${scripts}/10-\\xff\\xe4x: its name is not UTF-8 (EntryUnusable)`,
      "fix: Rename it",
    ]);
  });

  test("a ConfigMap with its default mode: told how to set it", async () => {
    const problem = await refusalOf({
      "..2026_01/10-a": file("#!/bin/sh\n", 0o644),
      "..data": linkTo("..2026_01"),
      "10-a": linkTo("..data/10-a"),
    });
    expect(problem.slice(1)).toEqual([
      "cause: cannot run 10-a: it is not executable (mode 0644) (ScriptNotExecutable)",
      "fix: Set defaultMode: 0755 on the ConfigMap's volume",
    ]);
  });

  test("all problems at once, with their number", async () => {
    expect(
      await refusalOf({
        "10-x": file("#!/bin/sh\n", 0o644),
        "11-x": file("echo\n", 0o755),
        "20-d/y": shell(":", "retries=many timeout=soon"),
      }),
    ).toEqual([
      `cannot run 10-x: it is not executable (mode 0644) (ScriptNotExecutable). ${MODE}`,
      `cannot run 11-x:1: it has no shebang (ShebangInvalid). ${BEGIN}`,
      `cannot read settings of 20-d/y:2: bad retries: "many" is not a number from 0 to 999; bad timeout: "soon" is not a duration: write it as 30s, 5m or 1h30m (SettingsInvalid). ${SETTINGS}`,
      "init failed: nothing was run: 3 problems found",
      "cause: cannot run 10-x: it is not executable (mode 0644) (ScriptNotExecutable)",
      `fix: ${MODE}`,
    ]);
  });
});
