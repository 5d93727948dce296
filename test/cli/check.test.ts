import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { said } from "../log.ts";
import { runInit, type RunOptions } from "../run-init.ts";
import { makeScripts, shell } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";

/** A directory laid out like a node. */
function makeRoot(files: Readonly<Record<string, string>>): string {
  const root = temporaryDirectory("root");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(`${root}/${path}`), { recursive: true });
    writeFileSync(`${root}/${path}`, text);
    chmodSync(`${root}/${path}`, 0o640);
  }
  return root;
}

const DEBIAN = {
  "etc/os-release": 'ID=debian\nPRETTY_NAME="Debian 12"\n',
  "etc/passwd": `root:x:0:0::/root:/bin/sh\nme:x:${process.getuid?.()}:0::/:/bin/sh\n`,
  "etc/app.key": "secret",
  "var/lib/dpkg/status":
    "Package: nfs-common\nStatus: install ok installed\nVersion: 1:2.6.2-4\n\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 1\n",
};

async function check(words: readonly string[], env: RunOptions["env"] = {}) {
  const { status, stdout, stderr } = await runInit(["check", ...words], { env });
  return { status, out: stdout.toString().trimEnd(), err: stderr.toString().trimEnd() };
}

describe.concurrent("init check", () => {
  const root = makeRoot(DEBIAN);
  const alpine = makeRoot({
    "etc/os-release": 'ID=alpine\nPRETTY_NAME="Alpine 3.20"\n',
    "lib/apk/db/installed": "P:nfs-utils\nV:2.6.4-r1\n\nP:musl\nV:1.2.5-r0\n",
  });
  const loaded = readdirSync("/sys/module")[0] ?? "kernel";
  const pidMax = readFileSync("/proc/sys/kernel/pid_max", "utf8").trim();

  const met: readonly (readonly [string, readonly string[], string | RegExp, string])[] = [
    ["a module in the kernel", ["module", loaded], /^module \S+: (?:live|built-in)$/, root],
    ["a mount", ["mount", "/proc", "--type", "proc"], "/proc: a mount of type proc", "/"],
    ["a sysctl", ["sysctl", "kernel.pid_max>=1"], `sysctl kernel.pid_max: ${pidMax}`, root],
    [
      "several",
      ["sysctl", "kernel.pid_max>1", "vm.swappiness>=0"],
      /\nsysctl vm\.swappiness/,
      root,
    ],
    ["a file", ["file", "/etc/app.key", "--mode=0640"], "/etc/app.key: mode 0640", root],
    ["its owner by name", ["file", "/etc/app.key", "--owner=me"], /mode 0640$/, root],
    ["a command", ["command", "sh"], /^command sh: \/\S+\/sh$/, root],
    ["the kernel", ["kernel", ">=3.10"], /^kernel \d/, root],
    ["space", ["space", "/", "1KiB"], /^\/: \S+ \S+ of \S+ \S+ free$/, root],
    ["a package of Debian", ["package", "nfs-common"], "package nfs-common: 1:2.6.2-4", root],
    ["a package of Alpine", ["package", "nfs-utils"], "package nfs-utils: 2.6.4-r1", alpine],
  ];
  for (const [name, words, line, HOST_ROOT] of met) {
    test(`is met: ${name}`, async () => {
      const { status, out, err } = await check(words, { HOST_ROOT });
      expect({ status, err }).toEqual({ status: 0, err: "" });
      if (typeof line === "string") expect(out).toBe(line);
      else expect(out).toMatch(line);
    });
  }

  const unmet: readonly (readonly [string, readonly string[], string | RegExp, string])[] = [
    [
      "a module",
      ["module", "no_such_mod"],
      /^cannot load kernel module no_such_mod: .+\. .+/s,
      root,
    ],
    ["a mount", ["mount", "/no/such"], "nothing is mounted at /no/such. Mount it on", "/"],
    [
      "its type",
      ["mount", "/proc", "--type=tmpfs"],
      "/proc is a mount of type proc; tmpfs is required. Mount a file system",
      "/",
    ],
    [
      "a sysctl",
      ["sysctl", "kernel.pid_max>=99999999"],
      `sysctl kernel.pid_max is ${pidMax}; >=99999999 is required. Run "sysctl -w kernel.pid_max=99999999" on the node`,
      root,
    ],
    [
      "a sysctl that must be less",
      ["sysctl", "kernel.pid_max<2"],
      `sysctl kernel.pid_max is ${pidMax}; <2 is required. Set it on the node`,
      root,
    ],
    [
      "a sysctl that does not exist",
      ["sysctl", "kernel.no_such=1"],
      "cannot read sysctl kernel.no_such: /proc/sys/kernel/no_such does not exist or is",
      root,
    ],
    ["a file", ["file", "/etc/none"], "/etc/none does not exist. Create it", root],
    [
      "its mode",
      ["file", "/etc/app.key", "--mode", "0600"],
      'the mode of /etc/app.key is 0640; 0600 is required. Run "chmod 0600 /etc/app.key"',
      root,
    ],
    ["a command", ["command", "no-such"], "command no-such was not found in /", root],
    ["the kernel", ["kernel", ">=99"], /^the running kernel is \S+; >=99 is required\. /, root],
    ["space", ["space", "/", "9000TiB"], /^\/ has .+ in all; \d+ GiB are required\. /, root],
    [
      "a package that was removed",
      ["package", "gone"],
      'package gone is not installed (Debian 12). Run "apt-get install gone" on the node',
      root,
    ],
    [
      "a package of Alpine",
      ["package", "bash"],
      'package bash is not installed (Alpine 3.20). Run "apk add bash" on the node',
      alpine,
    ],
    [
      "packages where none can be read",
      ["package", "bash"],
      /^cannot read which packages are installed in \S+: no database of dpkg, apk or rpm\. /,
      temporaryDirectory("root"),
    ],
  ];
  for (const [name, words, message, HOST_ROOT] of unmet) {
    test(`is not met: ${name}`, async () => {
      const { status, out, err } = await check(words, { HOST_ROOT });
      expect({ status, out }).toEqual({ status: 1, out: "" });
      if (typeof message === "string") expect(err).toStartWith(message);
      else expect(err).toMatch(message);
    });
  }

  test("a port that somebody has, and who that is", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { status, err } = await check(["port", String(port)]);
    expect(status).toBe(1);
    expect(err).toStartWith(`cannot listen on TCP port ${port} (in use by `);
    await new Promise((resolve) => server.close(resolve));
  });

  test.each([
    [["nothing"], /no such kind "nothing"; there are module, mount, /],
    [["module"], /write check module NAME…$/],
    [["port", "99999"], /"99999" is not a port/],
    [["sysctl", "a../../b=1"], /is not KEY>=N/],
    [["space", "/", "much"], /write check space PATH SIZE/],
    [["kernel", "new"], /"new" is not a version/],
  ] as const)("what cannot be understood is a usage error: %p", async (words, message) => {
    const { status, err } = await check(words);
    expect(status).toBe(2);
    expect(err).toMatch(message);
  });

  test("in a script: cause, fix and code where operators look, all at once", async () => {
    const scripts = makeScripts({
      "10-a": shell('"$INIT" check command sh no-such-a no-such-b', "kind=check"),
    });
    const { status, stdout, stderr } = await runInit([`-scripts=${scripts}`]);
    expect(status).toBe(1);
    expect(stdout.toString()).toMatch(/^command sh: /);
    const lines = said(stderr);
    expect(lines.find((line) => line.startsWith("cause: "))).toMatch(
      /^cause: command no-such-a was not found in .* \(CommandMissing\)$/,
    );
    expect(lines).toContain("also failed: 10-a (CommandMissing)");
  });
});
