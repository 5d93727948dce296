import { describe, expect, test } from "bun:test";
import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { said } from "../log.ts";
import { runInit, startInit, type Ended } from "../run-init.ts";
import { file as fileOf, fixture, makeScripts, shell } from "../scripts-dir.ts";
import { waitFor } from "../wait-for.ts";
import { makeStateDir, prepare, recordOf, storyOf, IMAGE, type Line } from "./prepare.ts";

describe.concurrent("the record of a run", () => {
  test("tells each start and end, and the success", async () => {
    const scripts = makeScripts({
      "10-a": shell("exit 0"),
      "20-b": shell("exit 3", "on-failure=warn"),
    });
    const stateDir = makeStateDir();
    expect((await prepare(scripts, stateDir)).status).toBe(0);
    expect(storyOf(stateDir)).toEqual([
      "run",
      "start 10-a",
      "end 10-a passed",
      "start 20-b",
      "end 20-b warned",
      "prepared",
    ]);
    expect(recordOf(stateDir)[2]).toMatchObject({
      digest: `sha256:${new Bun.CryptoHasher("sha256").update(readFileSync(`${scripts}/10-a`)).digest("hex")}`,
      nodeImage: IMAGE,
      kernel: readFileSync("/proc/sys/kernel/osrelease", "utf8").trim(),
      bootId: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
      attempts: 1,
    });
  });

  test("has on it what will run before the first script starts", async () => {
    const stateDir = makeStateDir();
    const scripts = makeScripts({
      "10-look": shell(`head -n 1 ${stateDir}/record.jsonl`),
      "20-a": shell(":"),
      "30-not": shell(":", "node-image=<1.0.0"),
    });
    const { stdout } = await prepare(scripts, stateDir);
    expect(JSON.parse(stdout.toString())).toMatchObject({
      type: "run",
      directory: scripts,
      scripts: ["10-look", "20-a"],
    });
  });

  test("is for its user only", async () => {
    const stateDir = makeStateDir();
    await prepare(makeScripts({ "10-a": shell(":") }), stateDir);
    const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);
    expect(modeOf(stateDir)).toBe("700");
    const files = readdirSync(stateDir).toSorted();
    expect(files).toEqual(["last-run.json", "lock", "record.jsonl"]);
    expect(files.map((file) => modeOf(`${stateDir}/${file}`))).toEqual(["600", "600", "600"]);
  });

  test("leaves the last run with what each script printed last", async () => {
    const scripts = makeScripts({ "10-a": shell("seq 5000; echo gone wrong >&2; exit 37") });
    const stateDir = makeStateDir();
    expect((await prepare(scripts, stateDir)).status).toBe(1);
    const run = JSON.parse(readFileSync(`${stateDir}/last-run.json`, "utf8")) as {
      scripts: Line[];
    };
    expect(run).toMatchObject({ v: 1, status: 1, nodeImage: IMAGE });
    expect(run.scripts[0]).toMatchObject({
      script: "10-a",
      outcome: "failed",
      ending: { how: "exited", status: 37 },
      stderr: "gone wrong\n",
    });
    expect(run.scripts[0]?.["stdout"]).toHaveLength(4096);
    expect(run.scripts[0]?.["stdout"]).toEndWith("4999\n5000\n");
  });

  test("that SIGKILL interrupted is reported as interrupted, and never blocks the next", async () => {
    const stateDir = makeStateDir();
    const scripts = makeScripts({ "10-slow": fixture("wait-for-signal.sh") });
    const interrupted = startInit([`-scripts=${scripts}`, `--state-dir=${stateDir}`], {
      mayLeave: true,
    });
    await waitFor(() => interrupted.stdout() !== "", "the script to run");
    interrupted.kill("SIGKILL");
    await interrupted.ended;
    writeFileSync(`${scripts}/10-slow`, "#!/bin/sh\n");
    const { status, stderr } = await prepare(scripts, stateDir);
    expect(status).toBe(0);
    expect(said(stderr)[1]).toMatch(
      /^an earlier run was interrupted \(power loss, SIGKILL or a reboot\) while running 10-slow \(started .*Z\) \(RunInterrupted\)\. /,
    );
    expect(storyOf(stateDir)).toEqual([
      "run",
      "start 10-slow",
      "end 10-slow interrupted",
      "run",
      "start 10-slow",
      "end 10-slow passed",
      "prepared",
    ]);
    expect(said((await prepare(scripts, stateDir)).stderr)[0]).toStartWith("scripts: ");
  });
});

describe.concurrent("what the record decides", () => {
  test("once=per-node-image runs again only for another image, or when it did not pass", async () => {
    const stateDir = makeStateDir();
    const scripts = makeScripts({ "10-once": shell("echo ran", "once=per-node-image") });
    expect((await prepare(scripts, stateDir)).stdout.toString()).toBe("ran\n");
    const again = await prepare(scripts, stateDir);
    expect(again.status).toBe(0);
    expect(again.stdout.toString()).toBe("");
    expect(said(again.stderr)[1]).toMatch(
      /^skipped: 10-once: it passed for this node image at .*Z$/,
    );
    const other = await runInit([
      `-scripts=${scripts}`,
      `--state-dir=${stateDir}`,
      "-nodeImage=storageos/node:1.5.0",
    ]);
    expect(other.stdout.toString()).toBe("ran\n");
  });

  test("once=per-content runs again when the content changed", async () => {
    const stateDir = makeStateDir();
    const scripts = makeScripts({ "10-once": shell("echo ran", "once=per-content") });
    await prepare(scripts, stateDir);
    expect((await prepare(scripts, stateDir)).stdout.toString()).toBe("");
    appendFileSync(`${scripts}/10-once`, "echo changed\n");
    expect((await prepare(scripts, stateDir)).stdout.toString()).toBe("ran\nchanged\n");
  });

  test("once=per-boot runs again after a reboot", async () => {
    const stateDir = makeStateDir();
    const scripts = makeScripts({ "10-once": shell("echo ran", "once=per-boot") });
    expect((await prepare(scripts, stateDir)).stdout.toString()).toBe("ran\n");
    const again = await prepare(scripts, stateDir);
    expect(again.stdout.toString()).toBe("");
    expect(said(again.stderr)[1]).toMatch(/^skipped: 10-once: it passed in this boot at .*Z$/);
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const record = readFileSync(`${stateDir}/record.jsonl`, "utf8");
    writeFileSync(`${stateDir}/record.jsonl`, record.replaceAll(boot, "another-boot"));
    expect((await prepare(scripts, stateDir)).stdout.toString()).toBe("ran\n");
  });

  test("once counts the files beside a script, and none of another directory", async () => {
    const stateDir = makeStateDir();
    const scripts = makeScripts({
      "10-a/run": shell("cat $(dirname $0)/disks.conf", "once=per-content"),
      "10-a/disks.conf": fileOf("sda\n", 0o644),
      "20-b/run": shell("echo other", "once=per-content"),
    });
    expect((await prepare(scripts, stateDir)).stdout.toString()).toBe("sda\nother\n");
    expect((await prepare(scripts, stateDir)).stdout.toString()).toBe("");
    writeFileSync(`${scripts}/10-a/disks.conf`, "sdb\n");
    expect((await prepare(scripts, stateDir)).stdout.toString()).toBe("sdb\n");
  });

  test("once-env has it run again for another value, and only for that variable", async () => {
    const stateDir = makeStateDir();
    const scripts = makeScripts({
      "10-once": shell('echo "size ${SIZE-none}"', "once=per-content once-env=SIZE"),
    });
    const run = async (env: Readonly<Record<string, string>>): Promise<string> => {
      const flags = [`-scripts=${scripts}`, `--state-dir=${stateDir}`];
      return (await runInit(flags, { env })).stdout.toString();
    };
    expect(await run({})).toBe("size none\n");
    expect(await run({ OTHER: "1" })).toBe("");
    expect(await run({ SIZE: "1" })).toBe("size 1\n");
    expect(await run({ SIZE: "1" })).toBe("");
    expect(await run({ SIZE: "" })).toBe("size \n");
  });

  for (const once of ["per-content", "per-node-image", "per-boot"]) {
    test(`once=${once} runs again under another kernel`, async () => {
      const stateDir = makeStateDir();
      const scripts = makeScripts({ "10-once": shell("echo ran", `once=${once}`) });
      await prepare(scripts, stateDir);
      expect((await prepare(scripts, stateDir)).stdout.toString()).toBe("");
      const kernel = readFileSync("/proc/sys/kernel/osrelease", "utf8").trim();
      const record = readFileSync(`${stateDir}/record.jsonl`, "utf8");
      writeFileSync(`${stateDir}/record.jsonl`, record.replaceAll(kernel, `${kernel}-other`));
      expect((await prepare(scripts, stateDir)).stdout.toString()).toBe("ran\n");
    });
  }

  test("PREVIOUS_RUN is how the last run ended, whatever the pod's variable says", async () => {
    const stateDir = makeStateDir();
    const scripts = makeScripts({ "10-a": shell('echo "${PREVIOUS_RUN-none}"; exit 1') });
    const run = async (): Promise<string> => {
      const flags = [`-scripts=${scripts}`, `--state-dir=${stateDir}`];
      return (await runInit(flags, { env: { PREVIOUS_RUN: "passed" } })).stdout.toString();
    };
    expect(await run()).toBe("none\n");
    expect(await run()).toBe("failed\n");
    writeFileSync(`${scripts}/10-a`, '#!/bin/sh\necho "${PREVIOUS_RUN-none}"\n');
    expect(await run()).toBe("failed\n");
    expect(await run()).toBe("passed\n");
  });

  test("a failure is not a success: it runs again", async () => {
    const stateDir = makeStateDir();
    const scripts = makeScripts({ "10-once": shell("echo ran; exit 1", "once=per-content") });
    await prepare(scripts, stateDir);
    expect((await prepare(scripts, stateDir)).stdout.toString()).toBe("ran\n");
  });

  test("plan says what would be skipped, and writes nothing", async () => {
    const stateDir = makeStateDir();
    const scripts = makeScripts({ "10-once": shell("echo ran", "once=per-content") });
    await prepare(scripts, stateDir);
    const before = readFileSync(`${stateDir}/record.jsonl`, "utf8");
    const { stdout } = await runInit(["plan", `-scripts=${scripts}`, `--state-dir=${stateDir}`]);
    expect(stdout.toString()).toMatch(/1 +10-once +skip +it passed with this content at .*Z\n$/);
    expect(readFileSync(`${stateDir}/record.jsonl`, "utf8")).toBe(before);
  });

  test("PREVIOUS_NODE_IMAGE is that of the last success, and a downgrade is said with both versions", async () => {
    const stateDir = makeStateDir();
    const scripts = makeScripts({
      "10-show": shell('echo "${PREVIOUS_NODE_IMAGE-none}"; exit ${STATUS:-0}'),
    });
    const run = (image: string, status = 0): Promise<Ended> =>
      runInit([`-scripts=${scripts}`, `--state-dir=${stateDir}`, `-nodeImage=${image}`], {
        env: { STATUS: String(status) },
      });
    expect((await run("a/node:v1.5.0")).stdout.toString()).toBe("none\n");
    expect((await run("a/node:v1.6.0", 1)).stdout.toString()).toBe("a/node:v1.5.0\n");
    const down = await run("a/node:1.4.0");
    expect(down.stdout.toString()).toBe("a/node:v1.5.0\n");
    expect(said(down.stderr)[0]).toBe(
      "downgrade: this node was last prepared for 1.5.0 (a/node:v1.5.0) and is now for 1.4.0 (a/node:1.4.0)",
    );
  });
});
