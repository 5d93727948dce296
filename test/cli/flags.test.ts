import { describe, expect, test } from "bun:test";
import { unhurried } from "../log.ts";
import { runInit } from "../run-init.ts";
import { makeScripts, shell } from "../scripts-dir.ts";

async function planned(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const scripts = makeScripts({ "10-a": shell(":") });
  const { status, stdout, stderr } = await runInit(["plan", `-scripts=${scripts}`, ...args], {
    env,
  });
  if (status !== 0) throw new Error(stderr.toString());
  return stdout.toString().replace(scripts, "SCRIPTS");
}

const DEFAULT = `SCRIPTS: no node image: scripts run without NODE_IMAGE, no node version
1  10-a  run  change, no timeout set
`;

function withImage(image: string, version: string): string {
  return `SCRIPTS: node image ${image}, node version ${version}
1  10-a  run  change, no timeout set
`;
}

describe.concurrent("flags", () => {
  for (const args of [
    ["-nodeImage=node:1.0.0"],
    ["--nodeImage=node:1.0.0"],
    ["-nodeImage", "node:1.0.0"],
    ["--nodeImage", "node:1.0.0"],
    ["-nodeImage=node:9.9.9", "-nodeImage=node:1.0.0"],
  ]) {
    test(`${args.join(" ")} is understood`, async () => {
      expect(await planned(args)).toBe(withImage("node:1.0.0", "1.0.0"));
    });
  }

  test("an old variable is read, its new name wins, and a flag wins over both", async () => {
    const env = { NODE_IMAGE: "node:1.0.0" };
    const both = { ...env, STORAGEOS_INIT_NODE_IMAGE: "node:2.0.0" };
    expect(await planned([], env)).toBe(withImage("node:1.0.0", "1.0.0"));
    expect(await planned([], both)).toBe(withImage("node:2.0.0", "2.0.0"));
    expect(await planned(["-nodeImage=node:3.0.0"], both)).toBe(withImage("node:3.0.0", "3.0.0"));
  });

  test("an empty variable is as good as none", async () => {
    expect(await planned([], { NODE_IMAGE: "", STORAGEOS_INIT_TIMEOUT: "" })).toBe(DEFAULT);
  });

  test("each flag has a variable", async () => {
    const scripts = makeScripts({ "10-a": shell("sleep 1000; :") });
    const { status, stderr } = await runInit([], {
      env: {
        STORAGEOS_INIT_SCRIPTS: scripts,
        STORAGEOS_INIT_TOTAL_TIMEOUT: "2s",
        STORAGEOS_INIT_LOG_FORMAT: "json",
      },
    });
    expect(status).toBe(4);
    expect(JSON.parse(unhurried(stderr).split("\n")[0] ?? "")).toMatchObject({
      event: "run-started",
      scripts: ["10-a"],
    });
  });

  test("the operators' environment is taken as it is", async () => {
    const env = {
      DAEMONSET_NAME: "storageos-daemonset",
      DAEMONSET_NAMESPACE: "storageos",
      LOG_FORMAT: "json",
      LOG_LEVEL: "xdebug",
      DISABLE_TCMU: "",
    };
    expect(await planned([], env)).toBe(DEFAULT);
  });
});
