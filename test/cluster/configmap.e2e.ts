/** Scripts from a ConfigMap that somebody mounts by hand, without the chart. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  createNamespace,
  hasEnded,
  hasFailed,
  lastEnd,
  type Namespace,
  noImage,
  script,
} from "./deployment.ts";
import { configMapOf, EVENTS_RULE, podWith, roleFor } from "./manifests.ts";

describe.skipIf(noImage !== undefined)("a mounted ConfigMap", () => {
  let namespace: Namespace;

  beforeAll(async () => {
    namespace = await createNamespace();
    await namespace.apply(
      configMapOf({ "01-first": script("echo first"), "02-second": script("echo second") }),
      { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "tells" } },
      ...roleFor("tells", [EVENTS_RULE]),
    );
  });
  afterAll(async () => namespace.remove());

  test("of mode 0755 gives each script once", async () => {
    await namespace.apply(podWith("executable"));
    const pod = await namespace.pod(hasEnded, "an end");
    const lines = (await namespace.logs(pod)).split("\n");
    expect(lines.filter((line) => /^(?:first|second)$/.test(line))).toEqual(["first", "second"]);
    expect(lastEnd(pod)?.exitCode).toBe(0);
  }, 300_000);

  test("of mode 0644 is told as that, with what to set", async () => {
    await namespace.apply(podWith("readable", { defaultMode: 0o644, serviceAccountName: "tells" }));
    const pod = await namespace.pod(
      (each) => each.metadata?.name === "readable" && hasFailed(1)(each),
      "a failed pod",
    );
    expect(lastEnd(pod)?.exitCode).toBe(3);
    expect(lastEnd(pod)?.message).toContain("defaultMode: 0755");
    expect(lastEnd(pod)?.message).toContain("01-first");
    expect(lastEnd(pod)?.message).toContain("02-second");
    const [event] = await namespace.events(pod);
    expect(event?.reason).toBe("ScriptFailed");
    expect(event?.message).toMatch(
      /^nothing was run: 1 problem found: cannot run .*01-first: it is not executable .* like 02-second beside it.*defaultMode: 0755/,
    );
  }, 300_000);
});
