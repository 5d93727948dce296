/** The chart's profiles, and several DaemonSets on one node. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  createNamespace,
  hasEnded,
  isRunning,
  type Namespace,
  noImage,
  script,
} from "./deployment.ts";

// CapEff in /proc/self/status: bit 16 is CAP_SYS_MODULE, bit 21 is CAP_SYS_ADMIN (capability.h)
const LEAST_CAPABILITIES = (2n ** 16n + 2n ** 21n).toString(16).padStart(16, "0");

const LOOK = script(
  "grep CapEff /proc/self/status",
  "touch /cannot-be 2>&1 && echo root is writable",
  "touch /tmp/can && echo tmp is writable",
  '[ "$HOST_ROOT" = / ] && echo no root of the host',
  "exit 0",
);

describe.skipIf(noImage !== undefined)("on one node", () => {
  let namespace: Namespace;

  beforeAll(async () => {
    namespace = await createNamespace();
  });
  afterAll(async () => namespace.remove());

  test("the least profile has two capabilities and a read-only root; its run is recorded", async () => {
    const scripts = { bundled: false, files: { "01-look": LOOK, "02-bun.ts": TYPESCRIPT } };
    const name = "least";
    await namespace.install({ ...named(name), profile: "least", scripts });
    const pod = await namespace.pod(isRunning, "a running pod", name);
    const log = await namespace.logs(pod);
    expect(log).toContain(`CapEff:\t${LEAST_CAPABILITIES}\n`);
    expect(log).toContain("Read-only file system");
    expect(log).toContain("tmp is writable\nno root of the host\n");
    expect(log).toContain("typescript\n");
    expect(log).not.toContain("keeping no record");
  }, 300_000);

  test("two DaemonSets of other names, in a namespace that is none of the operators'", async () => {
    for (const name of ["first", "second"]) {
      const files = { "01-name": script(`echo prepared for ${name} in $DAEMONSET_NAMESPACE`) };
      await namespace.install({ ...named(name), scripts: { bundled: false, files } });
    }
    for (const name of ["first", "second"]) {
      const pod = await namespace.pod(isRunning, `a running pod of ${name}`, name);
      expect(await namespace.logs(pod)).toContain(`prepared for ${name} in ${namespace.name}\n`);
    }
  }, 300_000);

  test("both bundled scripts and own ones run, in the order of their names", async () => {
    const name = "beside";
    const files = { "01-own": script("echo own") };
    // The bundled ones may well fail on the test's node, so the own one comes first.
    await namespace.install({ ...named(name), scripts: { directory: "00-own", files } });
    const pod = await namespace.pod((each) => each.status?.phase !== "Unknown", "a pod", name);
    await namespace.pod(
      (each) => each.metadata?.uid === pod.metadata?.uid && hasEnded(each),
      "a run",
    );
    expect(await namespace.logs(pod)).toMatch(
      /scripts: \[\/scripts\/00-own\/01-own (?:\/scripts\/[^ ]+ )*\/scripts\/02-limits\/limits\.ts[^\]]*\]\n.* exec: \/scripts\/00-own\/01-own\nown\n/,
    );
  }, 300_000);
});

const TYPESCRIPT = `#!/usr/bin/env bun\nconst word: string = "typescript";\nconsole.log(word);\n`;

function named(name: string) {
  return { release: name, daemonSet: { name, labels: { app: name } }, serviceAccount: { name } };
}
