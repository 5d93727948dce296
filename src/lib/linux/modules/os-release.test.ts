import { afterEach, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { type OsRelease, readOsRelease } from "./os-release.ts";
import { makeHost } from "../../../../test/host-fixture.ts";

let root = "";
afterEach(() => {
  rmSync(root, { recursive: true });
});

function read(files: Record<string, string>): OsRelease {
  const host = makeHost(files);
  ({ root } = host);
  return readOsRelease(host);
}

test("reads quoted and plain values, /etc before /usr/lib", () => {
  const etc = `# c\nID="ol"\nID_LIKE='rhel fedora'\nVERSION_ID=9.5\nPRETTY_NAME="A \\"B\\" \\$C"\n`;
  expect(read({ "etc/os-release": etc, "usr/lib/os-release": "ID=debian" })).toEqual({
    id: "ol",
    idLike: ["rhel", "fedora"],
    versionId: "9.5",
    variantId: "",
    prettyName: 'A "B" $C',
  });
  rmSync(root, { recursive: true });
  expect(read({ "usr/lib/os-release": "ID=debian" }).id).toBe("debian");
});

test("a host without one is Linux", () => {
  expect(read({ x: "" })).toEqual({
    id: "",
    idLike: [],
    versionId: "",
    variantId: "",
    prettyName: "Linux",
  });
});
