import { expect, test } from "bun:test";
import { bundledPackages } from "../../image/packages.ts";
import { describeContents } from "../../image/sbom.ts";

const CONTENTS = { image: "x:1", version: "1.0.0", revision: "abc", seconds: 1_700_000_000 };

test("names every package once, with where it comes from", () => {
  const document = describeContents({
    ...CONTENTS,
    packages: [
      { kind: "deb", name: "libstdc++6", version: "1:12.2.0-14", architecture: "amd64" },
      { kind: "npm", name: "@scope/x", version: "1.2.3", licence: "ISC" },
    ],
  });
  expect(document.creationInfo.created).toBe("2023-11-14T22:13:20Z");
  const [image, library, module] = document.packages;
  expect(image?.SPDXID).toBe("SPDXRef-image");
  expect(library).toMatchObject({
    SPDXID: "SPDXRef-deb-libstdc--6-amd64",
    licenseDeclared: "NOASSERTION",
  });
  expect(JSON.stringify(library)).toContain(
    "pkg:deb/debian/libstdc%2B%2B6@1%3A12.2.0-14?arch=amd64",
  );
  expect(module).toMatchObject({ SPDXID: "SPDXRef-npm--scope-x-", licenseDeclared: "ISC" });
  expect(JSON.stringify(module)).toContain("pkg:npm/%40scope/x@1.2.3");
  expect(document.relationships.map(({ relatedSpdxElement }) => relatedSpdxElement)).toEqual(
    document.packages.map(({ SPDXID }) => SPDXID),
  );
});

test("the program holds its dependencies and its runtime, no development dependency", async () => {
  const names = (await bundledPackages()).map(({ name }) => name);
  expect(names).toEqual(["bun", "semver"]);
});
