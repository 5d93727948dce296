import { describe, expect, test } from "bun:test";
import { version } from "../../package.json" with { type: "json" };
import { runInit, runInShell } from "../run-init.ts";
import { makeScripts, shell } from "../scripts-dir.ts";

describe.concurrent("usage errors exit 2 and say what to do", () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [[], "cannot run: no scripts directory; give it with -scripts=DIR"],
    [["plan"], "cannot plan: no scripts directory; give it with -scripts=DIR"],
    [["lint"], "cannot lint: no scripts directory; give it with -scripts=DIR"],
    [["-script=x"], "cannot use -script: no such flag (did you mean -scripts?)"],
    [["--time-out", "5m"], "cannot use --time-out: no such flag (did you mean --timeout?)"],
    [
      ["--loge-format", "json"],
      "cannot use --loge-format: no such flag (did you mean --log-format?)",
    ],
    [["--nodeimage=x"], "cannot use --nodeimage: no such flag (did you mean --nodeImage?)"],
    [["--verbose"], "cannot use --verbose: no such flag"],
    [
      ["-"],
      'cannot run "-": no such command; there are run, undo, plan, lint, preflight, status, wait, logs, explain, new, fail, warn, check, completion',
    ],
    [
      ["paln"],
      'cannot run "paln": no such command (did you mean plan?); there are run, undo, plan, lint, preflight, status, wait, logs, explain, new, fail, warn, check, completion',
    ],
    [["run", "DIR"], 'cannot use "DIR": run takes flags only; did you mean -scripts=DIR?'],
    [["-scripts"], "cannot use -scripts: it needs a value (DIR)"],
    [["-scripts="], "cannot use -scripts=: it is empty"],
    [["--timeout", "5"], 'cannot use --timeout 5: "5" has no unit: write 5s or 5m'],
    [
      ["--grace=soon"],
      'cannot use --grace=soon: "soon" is not a duration: write it as 30s, 5m or 1h30m',
    ],
    [["--jobs=0"], 'cannot use --jobs=0: "0" is not a number from 1 to 99999'],
    [["--log-format=xml"], 'cannot use --log-format=xml: "xml" is not text or json'],
    [["--event-output=all"], 'cannot use --event-output=all: "all" is not tail or none'],
    [
      ["--node-condition=a b"],
      'cannot use --node-condition=a b: "a b" is not a condition type, such as storageos.com/NodePrepared',
    ],
    [
      ["--node-condition=Ready"],
      'cannot use --node-condition=Ready: the condition "Ready" is kubelet\'s own; choose a type such as storageos.com/NodePrepared',
    ],
  ];
  for (const [args, message] of cases) {
    test(`init ${args.join(" ")}`, async () => {
      const { status, stdout, stderr } = await runInit(args);
      expect(stderr.toString()).toBe(`init: ${message}\ninit: see init --help\n`);
      expect(stdout.toString()).toBe("");
      expect(status).toBe(2);
    });
  }

  test("a bad value in the environment is told with its variable", async () => {
    const { status, stderr } = await runInit(["-scripts=x"], {
      env: { STORAGEOS_INIT_TIMEOUT: "never" },
    });
    expect(status).toBe(2);
    expect(stderr.toString()).toStartWith(
      'init: cannot use STORAGEOS_INIT_TIMEOUT=never from the environment: "never" is not a duration',
    );
  });

  test("a flag on the command line wins over a bad value in the environment", async () => {
    const scripts = makeScripts({ "10-a": shell(":") });
    const { status } = await runInit([`-scripts=${scripts}`, "--timeout=1m"], {
      env: { STORAGEOS_INIT_TIMEOUT: "never" },
    });
    expect(status).toBe(0);
  });
});

describe.concurrent("help and version", () => {
  for (const args of [["--help"], ["-h"], ["-help"], ["help"], ["run", "--help"]]) {
    test(`init ${args.join(" ")}`, async () => {
      const { status, stdout, stderr } = await runInit(args);
      expect(status).toBe(0);
      expect(stderr.toString()).toBe("");
      const help = stdout.toString();
      for (const flag of [
        "scripts DIR",
        "nodeImage IMAGE",
        "dsName NAME",
        "dsNamespace NS",
        "container NAME",
        "node-version SEMVER",
        "timeout DURATION",
        "total-timeout DURATION",
        "grace DURATION",
        "jobs N",
        "log-format text|json",
        "state-dir DIR",
        "termination-log FILE",
        "events auto|off",
        "event-output tail|none",
        "node-condition TYPE",
      ]) {
        expect(help).toContain(`\n  --${flag} `);
      }
      for (const variable of ["NODE_IMAGE", "DAEMONSET_NAME", "DAEMONSET_NAMESPACE"]) {
        expect(help).toMatch(new RegExp(`\\[STORAGEOS_INIT_\\w+, ${variable}\\]`));
      }
    });
  }

  test("--version", async () => {
    const { status, stdout } = await runInit(["--version"]);
    expect(status).toBe(0);
    expect(stdout.toString()).toBe(`storageos-init ${version} (bun ${Bun.version})\n`);
  });

  test("a reader of the help that leaves early is no error", async () => {
    const { stdout } = await runInShell('"$0" "$@" | head -c 4; echo " ${PIPESTATUS[0]}"', [
      "--help",
    ]);
    expect(stdout.toString()).toBe("init 0\n");
  });
});
