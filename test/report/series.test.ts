import { describe, expect, test } from "bun:test";
import { readFileSync, rmSync } from "node:fs";
import { makePod, terminated } from "../../bench/pod-list.ts";
import { tell, writePods } from "../fleet/fleet-file.ts";
import { said } from "../log.ts";
import { recordOf } from "../record/prepare.ts";
import { runInit, type Ended } from "../run-init.ts";
import { makeScripts, shell } from "../scripts-dir.ts";
import { temporaryDirectory } from "../temporary.ts";

type Message = Readonly<Record<string, unknown>>;

/** A node on which one scripts directory runs again and again. */
function makeNode(scripts: string) {
  const directory = temporaryDirectory("node");
  const log = `${directory}/termination-log`;
  const flags = [`--state-dir=${directory}/state`, `--termination-log=${log}`];
  return {
    stateDir: `${directory}/state`,
    run: (...more: readonly string[]): Promise<Ended> =>
      runInit([`-scripts=${scripts}`, ...flags, ...more]),
    text: (): string => readFileSync(log, "utf8"),
    message: (): Message => JSON.parse(readFileSync(log, "utf8").split("\n")[1] ?? "") as Message,
  };
}

/** Runs out of space the first time, and from then on finds what that left; passes once `free` exists. */
function leavesHalf(place: string, settings = ""): ReturnType<typeof shell> {
  return shell(
    `[ -e ${place}/free ] && exit 0
     if [ -e ${place}/half ]; then echo "error: ${place}/half already exists" >&2; exit 1; fi
     touch ${place}/half; echo "error: insufficient free space" >&2; exit 1`,
    settings,
  );
}

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const SPACE = "exit status 1: insufficient free space";

describe.concurrent("how a series of failures began", () => {
  test("in an earlier attempt: in log, message and record", async () => {
    const place = temporaryDirectory("place");
    const scripts = makeScripts({ "10-a": leavesHalf(place, "retries=2 retry-delay=0") });
    const node = makeNode(scripts);
    const { status, stderr } = await node.run();
    expect(status).toBe(1);
    const lines = said(stderr);
    expect(lines).toContain(`cause: exit status 1: ${place}/half already exists (ScriptFailed)`);
    expect(lines.find((line) => line.startsWith("failing since "))).toEndWith(
      `Z: ${SPACE} (ScriptFailed)`,
    );
    const first = { code: "ScriptFailed", cause: SPACE };
    expect(node.message()["first"]).toEqual({ time: TIME, ...first });
    expect(recordOf(node.stateDir)[2]).toMatchObject({ first: { at: TIME, ...first } });
  });

  test("in an earlier run, until the script passes", async () => {
    const place = temporaryDirectory("place");
    const node = makeNode(makeScripts({ "10-a": leavesHalf(place) }));
    await node.run();
    expect(node.message()["first"]).toBeUndefined();
    const began = recordOf(node.stateDir).find(({ type }) => type === "end")?.["at"];
    for (const _ of [2, 3]) {
      await node.run();
      const first = { time: began, code: "ScriptFailed", cause: SPACE };
      expect(node.message()["first"]).toEqual(first);
    }
    await Bun.write(`${place}/free`, "");
    expect((await node.run()).status).toBe(0);
    rmSync(`${place}/free`);
    await node.run();
    expect(node.message()["first"]).toBeUndefined();
  });

  test("shows in the status of the fleet", async () => {
    const place = temporaryDirectory("place");
    const node = makeNode(makeScripts({ "10-a": leavesHalf(place) }));
    await node.run();
    await node.run();
    const file = writePods([makePod({ index: 1, state: terminated(1, node.text()) })]);
    const { stdout } = await tell(file);
    expect(stdout).toMatch(
      /\n {3}began: \d{4}-\d\d-\d\d \d\d:\d\d UTC: exit status 1: insufficient free space \(ScriptFailed\)\n/,
    );
    const json = JSON.parse((await tell(file, "-o", "json")).stdout) as {
      nodes: { first: unknown }[];
    };
    expect(json.nodes[0]?.first).toEqual({ at: TIME, code: "ScriptFailed", cause: SPACE });
  });

  test("a message that an earlier attempt left is in the log when the script starts again", async () => {
    const place = temporaryDirectory("place");
    const scripts = makeScripts({
      "10-a": shell(
        `[ -e ${place}/ran ] && exit 3
         touch ${place}/ran; "$INIT" fail --code DiskFull "no space on /var" "Free 2 GiB"`,
        "retries=1 retry-delay=0",
      ),
    });
    const node = makeNode(scripts);
    const lines = said((await node.run()).stderr);
    const at = lines.findIndex((line) => line.includes("retrying in"));
    expect(lines.slice(at + 1, at + 3)).toEqual([
      "cause: no space on /var (DiskFull)",
      "fix: Free 2 GiB",
    ]);
    expect(node.message()).toMatchObject({
      code: "ScriptFailed",
      first: { code: "DiskFull", cause: "no space on /var" },
    });
  });

  test("a record that others wrote brings nothing into log and message", async () => {
    const place = temporaryDirectory("place");
    const node = makeNode(makeScripts({ "10-a": leavesHalf(place) }));
    await node.run();
    const path = `${node.stateDir}/record.jsonl`;
    const forged = readFileSync(path, "utf8").replaceAll(SPACE, "\\u001b[2Jowned");
    await Bun.write(path, forged);
    const { stderr } = await node.run();
    expect(`${stderr.toString()}${node.text()}`).not.toContain("owned");
  });
});

describe.concurrent("the last lines beside a cause that is a guess", () => {
  const scripts = makeScripts({
    "10-a": shell("echo loading; echo 'error: a is broken' >&2; echo 'b: odd' >&2; exit 1"),
  });

  test("are in the message and in the status", async () => {
    const node = makeNode(scripts);
    await node.run();
    const lines = ["loading", "error: a is broken", "b: odd"];
    expect(node.message()["output"]).toBe(lines.join("\n"));
    const file = writePods([makePod({ index: 1, state: terminated(1, node.text()) })]);
    expect((await tell(file)).stdout).toContain(
      "\n   output: loading | error: a is broken | b: odd\n",
    );
  });

  test("are not, for --event-output none", async () => {
    const node = makeNode(scripts);
    await node.run("--event-output=none");
    expect(node.text()).not.toContain("broken");
  });
});

test("several failures: each with cause and fix in the log, and with its cause in message and status", async () => {
  const check = (name: string): string =>
    `"$INIT" fail --code ${name}Missing "no ${name}" "Install ${name}" || :`;
  const node = makeNode(
    makeScripts({
      "10-a": shell(`${check("Lvm")}\n${check("Nfs")}\nexit 1`, "kind=check"),
      "11-b": shell(`${check("Xfs")}\nexit 1`, "kind=check"),
    }),
  );
  const lines = said((await node.run()).stderr);
  expect(lines.slice(-7)).toEqual([
    "failed: 10-a: no Nfs (NfsMissing). Install Nfs",
    "failed: 11-b: no Xfs (XfsMissing). Install Xfs",
    expect.stringMatching(/^init failed: script ".*\/10-a" failed: exit status 1$/),
    "cause: no Lvm (LvmMissing)",
    "fix: Install Lvm",
    "also failed: 10-a (NfsMissing), 11-b (XfsMissing)",
    "2 failed",
  ]);
  expect(node.message()).toMatchObject({
    code: "LvmMissing",
    failures: [
      { script: "10-a", code: "NfsMissing", cause: "no Nfs", fix: "Install Nfs" },
      { script: "11-b", code: "XfsMissing", cause: "no Xfs", fix: "Install Xfs" },
    ],
  });
  const codes = recordOf(node.stateDir)
    .flatMap(({ failures = [] }) => failures as Message[])
    .map(({ code }) => String(code));
  expect(codes.toSorted()).toEqual(["LvmMissing", "NfsMissing", "XfsMissing"]);
  const file = writePods([makePod({ index: 1, state: terminated(1, node.text()) })]);
  const { stdout } = await tell(file);
  for (const code of ["LvmMissing", "NfsMissing", "XfsMissing"]) expect(stdout).toContain(code);
  expect(stdout).toContain("Install Nfs");
});

test("a link is beside the fix: in log, message and status", async () => {
  const link = "https://runbooks.example/disk-full";
  const node = makeNode(
    makeScripts({ "10-a": shell(`"$INIT" fail --link ${link} "no space" "Free 2 GiB"`) }),
  );
  expect(said((await node.run()).stderr)).toContain(`fix: Free 2 GiB (${link})`);
  expect(node.text().split("\n")[0]).toBe(`10-a: no space. Free 2 GiB (${link})`);
  expect(node.message()["link"]).toBe(link);
  const file = writePods([makePod({ index: 1, state: terminated(1, node.text()) })]);
  const { stdout } = await tell(file);
  expect(stdout).toContain(`\n   fix: Free 2 GiB\n   link: ${link}\n`);
  for (const format of ["markdown", "html", "json"]) {
    expect((await tell(file, "-o", format)).stdout).toContain(link);
  }
});

test("several warnings: the end of the log names each", async () => {
  const warns = (code: string): ReturnType<typeof shell> =>
    shell(`"$INIT" warn --code ${code} "old ${code}" "Update it"`);
  const node = makeNode(makeScripts({ "10-a": warns("Firmware"), "11-b": warns("Kernel") }));
  const lines = said((await node.run()).stderr);
  expect(lines.at(-2)).toBe("warnings: 10-a (Firmware), 11-b (Kernel)");
  expect(node.text()).toContain("old Kernel");
});
