import type { Package } from "./packages.ts";

export type Contents = {
  readonly image: string;
  readonly version: string;
  /** The commit that the image was built from. */
  readonly revision: string;
  /** The commit's time, in seconds since 1970. */
  readonly seconds: number;
  readonly packages: readonly Package[];
};

/** The list of what is in the image as an SPDX 2.3 document (https://spdx.github.io/spdx-spec/v2.3/). */
export function describeContents({ image, version, revision, seconds, packages }: Contents) {
  const root = "SPDXRef-image";
  const elements = packages.map(elementOf);
  return {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: image,
    documentNamespace: `https://spdx.org/spdxdocs/storageos-init-${version}-${revision}`,
    creationInfo: {
      created: new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z"),
      creators: [`Tool: storageos-init-${version}`],
    },
    packages: [
      {
        SPDXID: root,
        name: "storageos-init",
        versionInfo: version,
        downloadLocation: "NOASSERTION",
        filesAnalyzed: false,
        licenseConcluded: "NOASSERTION",
        licenseDeclared: "Apache-2.0",
        copyrightText: "NOASSERTION",
        primaryPackagePurpose: "CONTAINER",
      },
      ...elements,
    ],
    relationships: [
      relate("SPDXRef-DOCUMENT", "DESCRIBES", root),
      ...elements.map(({ SPDXID }) => relate(root, "CONTAINS", SPDXID)),
    ],
  };
}

function elementOf({ kind, name, version, architecture, licence }: Package) {
  return {
    // letters, digits, dots and hyphens only (SPDX 2.3, clause 7.2)
    SPDXID: `SPDXRef-${kind}-${`${name}-${architecture ?? ""}`.replaceAll(/[^A-Za-z0-9.-]/g, "-")}`,
    name,
    versionInfo: version,
    downloadLocation: "NOASSERTION",
    filesAnalyzed: false,
    licenseConcluded: "NOASSERTION",
    licenseDeclared: licence ?? "NOASSERTION",
    copyrightText: "NOASSERTION",
    externalRefs: [
      {
        referenceCategory: "PACKAGE-MANAGER",
        referenceType: "purl",
        referenceLocator: purlOf(kind, name, version, architecture),
      },
    ],
  };
}

/** https://github.com/package-url/purl-spec */
function purlOf(kind: string, name: string, version: string, architecture?: string): string {
  if (kind === "npm") return `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;
  const arch = architecture === undefined ? "" : `?arch=${architecture}`;
  return `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}${arch}`;
}

function relate(spdxElementId: string, relationshipType: string, relatedSpdxElement: string) {
  return { spdxElementId, relationshipType, relatedSpdxElement };
}
