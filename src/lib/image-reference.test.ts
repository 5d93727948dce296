import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { parseImageReference, versionOfImage } from "./image-reference.ts";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("an image reference", () => {
  test.each([
    ["node", undefined, "node", undefined, undefined],
    ["storageos/node:1.4.0", undefined, "storageos/node", "1.4.0", undefined],
    ["quay.io/ondat/private/node:v2.7.0", "quay.io", "ondat/private/node", "v2.7.0", undefined],
    ["localhost/node", "localhost", "node", undefined, undefined],
    ["registry:5000/node", "registry:5000", "node", undefined, undefined],
    ["node:5000", undefined, "node", "5000", undefined],
    ["10.0.0.1:5000/a/b/c:x", "10.0.0.1:5000", "a/b/c", "x", undefined],
    ["[fd00::1]:5000/node:1.0.0", "[fd00::1]:5000", "node", "1.0.0", undefined],
    [`storageos/node@${digest}`, undefined, "storageos/node", undefined, digest],
    [`r:5000/node:1.4.0@${digest}`, "r:5000", "node", "1.4.0", digest],
    ["a__b/c-d--e.f", undefined, "a__b/c-d--e.f", undefined, undefined],
  ])("%s", (reference, registry, path, tag, parsedDigest) => {
    const expected = { registry, path, tag, digest: parsedDigest };
    expect(parseImageReference(reference)).toEqual({ ok: true, value: expected });
  });

  test.each([
    ["", "the image reference is empty"],
    ["storageos/", '"storageos/" is no image reference: "" cannot stand in a repository\'s name'],
    ["a//b", '"a//b" is no image reference: "" cannot stand in a repository\'s name'],
    [
      "storageos/Node",
      '"storageos/Node" is no image reference: "Node" cannot stand in a repository\'s name',
    ],
    ["node:", '"node:" is no image reference: "" is no tag'],
    ["node:a b", '"node:a b" is no image reference: "a b" is no tag'],
    ["node@sha256:abc", '"node@sha256:abc" is no image reference: "sha256:abc" is no digest'],
    ["a@b@c", '"a@b@c" is no image reference: more than one @'],
    ["-x.io/node", '"-x.io/node" is no image reference: "-x.io" is no registry'],
    ["x.io:y/node", '"x.io:y/node" is no image reference: "x.io:y" is no registry'],
  ])("%p is refused", (reference, what) => {
    expect(parseImageReference(reference)).toEqual({ ok: false, error: what });
  });

  const registry = fc.constantFrom(undefined, "quay.io", "localhost:5000", "[::1]:443", "R");
  const path = fc.array(fc.stringMatching(/^[a-z0-9]{1,8}$/), { minLength: 2, maxLength: 4 });
  const tag = fc.option(fc.stringMatching(/^\w[\w.-]{0,30}$/), { nil: undefined });
  const anyDigest = fc.constantFrom(undefined, digest);

  test("comes apart into what it was put together from", () => {
    fc.assert(
      fc.property(registry, path, tag, anyDigest, (host, components, someTag, someDigest) => {
        // a first component of this name would be a registry
        fc.pre(components[0] !== "localhost");
        const value = {
          registry: host,
          path: components.join("/"),
          tag: someTag,
          digest: someDigest,
        };
        const name = host === undefined ? value.path : `${host}/${value.path}`;
        const end = `${someTag === undefined ? "" : `:${someTag}`}${someDigest ? `@${someDigest}` : ""}`;
        expect(parseImageReference(name + end)).toEqual({ ok: true, value });
      }),
    );
  });

  test("never throws, whatever the text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => typeof parseImageReference(text).ok === "boolean"),
    );
  });
});

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
