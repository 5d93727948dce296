import { afterEach, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { type Ban, findBan, modprobeDirectories } from "./modprobe-config.ts";
import { makeHost } from "../../../../test/host-fixture.ts";

let root = "";
afterEach(() => {
  rmSync(root, { recursive: true });
});

function banOn(files: Record<string, string>): Ban | undefined {
  const host = makeHost(files);
  ({ root } = host);
  return findBan(host, "tcm_loop");
}

test.each([
  "blacklist tcm_loop",
  "  blacklist\ttcm-loop  ",
  "install tcm_loop /bin/true",
  "install tcm-loop /usr/bin/false",
  "install tcm_loop true",
])("forbidden by %p", (line) => {
  expect(banOn({ "etc/modprobe.d/x.conf": `# a comment\n\n${line}\n` })).toEqual({
    where: "/etc/modprobe.d/x.conf:3",
    directive: line.trim(),
  });
});

test.each([
  "# blacklist tcm_loop",
  "blacklist tcm_loop2",
  "alias tcm_loop x",
  "install tcm_loop /sbin/modprobe --ignore-install tcm_loop",
  "options tcm_loop a=1",
])("not forbidden by %p", (line) => {
  expect(banOn({ "etc/modprobe.d/x.conf": line })).toBeUndefined();
});

test("a file in /etc hides the one of its name in /usr/lib; other names than *.conf are not read", () => {
  const files = { "usr/lib/modprobe.d/x.conf": "blacklist tcm_loop", "etc/modprobe.d/x.conf": "" };
  expect(banOn({ ...files, "etc/modprobe.d/y.conf.bak": "blacklist tcm_loop" })).toBeUndefined();
});

test.each(["modprobe.blacklist=a,tcm-loop", "module_blacklist=tcm_loop"])(
  "the kernel command line: %s",
  (word) => {
    expect(banOn({ "proc/cmdline": `quiet ${word} ro\n` })).toEqual({
      where: "the kernel command line",
      directive: word,
    });
  },
);

test("only directories that are there are given to modprobe", () => {
  const host = makeHost({ "etc/modprobe.d/a.conf": "", "usr/lib/modprobe.d/b.conf": "" });
  ({ root } = host);
  expect(modprobeDirectories(host)).toEqual([
    `${root}/etc/modprobe.d`,
    `${root}/usr/lib/modprobe.d`,
  ]);
});
