import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { said } from "../log.ts";
import { AS_PID_1, isRoot, WITHOUT_CGROUPS } from "../namespaces.ts";
import { runInit, type Ended } from "../run-init.ts";
import { makeScripts, shell, type Entry } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";

/** Ways in which a process escapes from its script's process group; each takes a command. */
const ESCAPES: readonly (readonly [string, (command: string) => string])[] = [
  ["in the background", (command) => `${command} &`],
  ["timeout(1), which has a process group of its own", (command) => `timeout 60 ${command} &`],
  ["setsid", (command) => `setsid ${command} &`],
  ["a double fork", (command) => `(setsid sh -c '${command} &' &)`],
  ["without its environment", (command) => `setsid env -i ${command} &`],
  ["stopped", (command) => `setsid ${command} & kill -STOP $!`],
  ["deaf to signals", (command) => `setsid sh -c 'trap "" TERM HUP INT; ${command}; :' &`],
  ["in a process namespace of its own", (command) => `unshare --pid --fork ${command} &`],
];

const CGROUPS = [
  ["in a cgroup", []],
  ["without cgroups", WITHOUT_CGROUPS],
] as const;

/** It is found in /proc wherever it went: by its argument. */
let seconds = 100_000;
function nextSleep(): string {
  seconds++;
  return `sleep ${seconds}`;
}

/** A shell's condition: some process runs this command. */
function isRunning(command: string): string {
  return `grep -qsz "^${command.replace("sleep ", "")}$" /proc/[0-9]*/cmdline`;
}

const SILENT = "exec </dev/null >/dev/null 2>&1;";

for (const [where, wrap] of CGROUPS) {
  const runHere = (scripts: Readonly<Record<string, Entry>>, ...args: string[]): Promise<Ended> =>
    runInit([`-scripts=${makeScripts(scripts)}`, "--grace=300ms", ...args], { wrap });

  describe.concurrent.skipIf(!isRoot)(`what a script starts does not outlive it, ${where}`, () => {
    for (const [name, escape] of ESCAPES) {
      // That takes the right which is taken away where there shall be no cgroups.
      if (wrap.length > 0 && name.includes("namespace")) continue;
      test(`${name}: gone before the next script, and between attempts`, async () => {
        const sleep = nextSleep();
        const look = `if ${isRunning(sleep)}; then echo it lives; else echo gone; fi`;
        const { status, stdout, stderr } = await runHere({
          "10-a": shell(
            `${look}\n(${SILENT} ${escape(sleep)})\nsleep 0.1; exit 1`,
            "retries=1 retry-delay=1ms on-failure=warn",
          ),
          "20-b": shell(look),
        });
        expect({ status, stdout: stdout.toString() }).toEqual({
          status: 0,
          stdout: "gone\ngone\ngone\n",
        });
        expect(said(stderr).join("\n")).toContain("ended a process that a script left behind: pid");
      });
    }

    test("a deadline ends what moved away together with the script", async () => {
      const sleep = nextSleep();
      const { status, stderr } = await runHere({
        "10-a": shell(`setsid ${sleep} & timeout 60 ${sleep}`, "timeout=500ms on-failure=warn"),
        "20-b": shell(`! ${isRunning(sleep)}`),
      });
      expect(status).toBe(0);
      expect(said(stderr).join("\n")).not.toContain("cannot end");
    });

    test("daemons that keep forking", async () => {
      const sleep = nextSleep();
      const { status } = await runHere({
        "10-a": shell(
          `${SILENT} for i in 1 2 3; do setsid perl -e '$0 = "${sleep.replace(" ", "-")}"; while (1) { exit if fork; select undef, undef, undef, 0.002 }' & done`,
        ),
        "20-b": shell(`sleep 0.1; ! grep -qs "${sleep.replace(" ", "-")}" /proc/[0-9]*/cmdline`),
      });
      expect(status).toBe(0);
    });

    test("a retried check beside another one: only its own", async () => {
      const [own, other] = [nextSleep(), nextSleep()];
      const go = `${temporaryDirectory("go")}/go`;
      const { status, stdout, stderr } = await runHere(
        {
          "10-check": shell(
            `${other} & while [ ! -e ${go} ]; do sleep 0.02; done; ${isRunning(other)} && echo mine lives; kill $!`,
            "kind=check",
          ),
          "11-check": shell(
            `if ${isRunning(own)}; then echo it lives; else echo gone; fi; [ ! -e ${go}.1 ] || { touch ${go}; exit 0; }; touch ${go}.1; (${SILENT} setsid ${own} &); sleep 0.3; exit 1`,
            "kind=check retries=1 retry-delay=1ms",
          ),
        },
        "--jobs=2",
      );
      expect({ status, stdout: stdout.toString() }).toEqual({
        status: 0,
        stdout: "mine lives\ngone\ngone\n",
      });
      expect(said(stderr).filter((line) => line.startsWith("ended a process"))).toEqual([
        expect.stringContaining(`(${own})`),
      ]);
    });

    test("checks that left something without their environment: at the end of all of them", async () => {
      const sleep = nextSleep();
      const { status } = await runHere(
        {
          "10-check": shell(`(${SILENT} setsid env -i ${sleep} &)`, "kind=check"),
          "11-check": shell(":", "kind=check"),
          "20-b": shell(`! ${isRunning(sleep)}`),
        },
        "--jobs=2",
      );
      expect(status).toBe(0);
    });

    test("a script that ends by itself is not delayed by what cleans up", async () => {
      const done = `${temporaryDirectory("done")}/done`;
      const { status, stdout } = await runHere(
        {
          "10-a": shell(
            `(${SILENT} setsid sh -c 'trap "sleep 0.2; echo cleaned >${done}; exit" TERM; while :; do sleep 0.05; done' &); sleep 0.2`,
          ),
          "20-b": shell(`cat ${done}`),
        },
        "--grace=20s",
      );
      expect({ status, stdout: stdout.toString() }).toEqual({ status: 0, stdout: "cleaned\n" });
    });
  });
}

const CGROUP = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].find(
  (path) => existsSync(`${path}/cgroup.procs`) && existsSync(`${path}/cgroup.controllers`),
);
const ownCgroup = `${CGROUP}${/^0::(.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1] ?? ""}`;

/** In a script's shell. */
const scriptsCgroup = `${CGROUP}$(sed -n s/^0:://p /proc/self/cgroup)`;

describe.skipIf(!isRoot || CGROUP === undefined)(
  "the cgroup of scripts (needs root and cgroup v2)",
  () => {
    test("is below that of init, without controllers, and gone when init has ended", async () => {
      const scripts = makeScripts({
        "10-a": shell(
          `grep ^0:: /proc/self/cgroup; cat ${scriptsCgroup}/cgroup.controllers; (setsid sleep 1000 >/dev/null 2>&1 &)`,
        ),
      });
      const { status, stdout } = await runInit([`-scripts=${scripts}`]);
      expect(status).toBe(0);
      expect(stdout.toString()).toMatch(/^0::.*\/storageos-init-scripts-[0-9a-f-]{36}\n$/);
      const name = stdout.toString().trim().replace(/^.*\//, "");
      expect(readdirSync(ownCgroup)).not.toContain(name);
    });

    test("is each run's own, also where runs have the same process id", async () => {
      const scripts = makeScripts({ "10-a": shell("grep ^0:: /proc/self/cgroup") });
      const runs = Array.from({ length: 6 }, () =>
        runInit([`-scripts=${scripts}`], { wrap: AS_PID_1 }),
      );
      const ended = await Promise.all(runs);
      expect(ended.map(({ status }) => status)).toEqual(runs.map(() => 0));
      expect(new Set(ended.map(({ stdout }) => stdout.toString())).size).toBe(runs.length);
    });

    test("what a script hides in a cgroup below is ended too", async () => {
      const scripts = makeScripts({
        "10-a": shell(
          `below=${scriptsCgroup}/below; mkdir $below && echo $$ >$below/cgroup.procs; (setsid env -i sleep 1000 >/dev/null 2>&1 &); sleep 0.3`,
        ),
        "20-b": shell(":"),
      });
      const { status, stderr } = await runInit([`-scripts=${scripts}`]);
      expect(status).toBe(0);
      expect(said(stderr)[2]).toContain("(sleep 1000)");
    });
  },
);
