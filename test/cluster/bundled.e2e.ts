/** The bundled scripts find in the image what they need. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  createNamespace,
  hasEnded,
  lastEnd,
  type Namespace,
  noImage,
  script,
} from "./deployment.ts";
import { configMapOf, podWith } from "./manifests.ts";

/** RocksDB's C API, from the library in the image. */
const ROCKSDB = `#!/usr/bin/env bun
import { dlopen } from "bun:ffi";
import { readdirSync } from "node:fs";
const directory = "/usr/lib/x86_64-linux-gnu";
const name = readdirSync(directory).find((file) => /^librocksdb\\.so\\.\\d+\\.\\d+$/.test(file));
const { symbols } = dlopen(directory + "/" + name, {
  rocksdb_options_create: { args: [], returns: "ptr" },
});
console.log(name, symbols.rocksdb_options_create() !== null);
`;

describe.skipIf(noImage !== undefined)("the bundled scripts", () => {
  let namespace: Namespace;

  beforeAll(async () => {
    namespace = await createNamespace();
    await namespace.apply(
      configMapOf({
        "01-host": script(
          'echo "modules: $(ls /lib/modules 2>/dev/null | wc -l)"',
          "cat /proc/filesystems",
        ),
        "02-rocksdb.ts": ROCKSDB,
      }),
    );
  });
  afterAll(async () => namespace.remove());

  test("the database upgrade passes where there is nothing to upgrade; librocksdb loads", async () => {
    const command = "/init -scripts=/scripts/10-dbupgrade-v1v2 && /init -scripts=/own";
    const { log, end } = await runIn("passes", command);
    expect(log).toMatch(/\n10-?\S*dbupgrade\S* +passed |\ndbupgrade\.ts +passed /);
    expect(log).toMatch(/\nlibrocksdb\.so\.\d+\.\d+ true\n/);
    expect(end).toBe(0);
  }, 300_000);

  test("enable-lio, on a host whose kernel has neither configfs nor modules, says so", async () => {
    const { log, end, message } = await runIn(
      "lio",
      "/init -scripts=/own; exec /init -scripts=/scripts/01-lio",
    );
    const hasConfigfs = /\bconfigfs\n/.test(log);
    const hasModules = !log.includes("modules: 0\n");
    if (hasConfigfs || hasModules) {
      process.stderr.write("not asserted: this node has configfs or kernel modules\n");
      return;
    }
    expect(end).toBe(1);
    expect(message).toMatch(
      /^enable-lio\.ts: cannot load kernel modules configfs, .*\/lib\/modules\/\S+ is missing/,
    );
  }, 300_000);

  async function runIn(name: string, command: string) {
    await namespace.apply(podWith(name, { command: ["bash", "-c", command], mountPath: "/own" }));
    const isThis = (pod: { metadata?: { name?: string } }): boolean => pod.metadata?.name === name;
    const pod = await namespace.pod((each) => isThis(each) && hasEnded(each), `an end of ${name}`);
    const end = lastEnd(pod);
    return { log: await namespace.logs(pod), end: end?.exitCode, message: end?.message };
  }
});
