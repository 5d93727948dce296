import { describe, expect, test } from "bun:test";
import { versionOfImage } from "./node-version.ts";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("a node version", () => {
  test.each([
    ["storageos/node:1.4.0", "1.4.0"],
    ["storageos/node:v1.4.0", "1.4.0"],
    ["localhost:5000/node:v2.0.0-alpha.1", "2.0.0-alpha.1"],
    ["storageos/node:1.4.0-rc3", "1.4.0-rc3"],
    [`storageos/node:1.4.0@${digest}`, "1.4.0"],
    ["storageos/node:latest", undefined],
    ["storageos/node:develop", undefined],
    ["storageos/node:3f2a9c1", undefined],
    ["storageos/node:0012345", undefined],
    ["storageos/node:1.4", undefined],
    ["storageos/node", undefined],
    [`storageos/node@${digest}`, undefined],
    ["localhost:5000/node", undefined],
    ["no image:1.4.0", undefined],
  ])("%s is %s", (reference, version) => {
    expect(versionOfImage(reference)).toBe(version);
  });
});
