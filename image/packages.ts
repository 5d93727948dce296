import { $ } from "bun";
import { readFile } from "node:fs/promises";

/** A package in the image. */
export type Package = {
  readonly kind: "deb" | "npm";
  readonly name: string;
  readonly version: string;
  /** deb: the package's CPU architecture; npm packages have none. */
  readonly architecture?: string;
  /** An SPDX licence expression, if the package states one. */
  readonly licence?: string;
};

/** Every Debian and npm package in an image: what dpkg lists, and what is bundled into the program. */
export async function readImagePackages(
  builder: string,
  image: string,
): Promise<readonly Package[]> {
  const format = "${Package}\\t${Version}\\t${Architecture}\\n";
  const listed = await runInImage(builder, image, ["dpkg-query", "-W", `-f=${format}`]);
  return [...debianPackages(listed), ...(await bundledPackages())];
}

function debianPackages(listed: string): readonly Package[] {
  return listed
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [name = "", version = "", architecture = ""] = line.split("\t");
      return { kind: "deb", name, version, architecture };
    });
}

type Lock = {
  readonly packages: Record<
    string,
    { readonly version?: string; readonly license?: string; readonly dev?: boolean }
  >;
};

/** The dependencies of the program, from the lock file, and its runtime. */
export async function bundledPackages(): Promise<readonly Package[]> {
  const { packages }: Lock = JSON.parse(await readFile("package-lock.json", "utf8"));
  return Object.entries(packages).flatMap(([path, { version, license, dev }]) => {
    const name = path.replace(/^node_modules\//, "");
    const isBundled = path !== "" && (dev !== true || name === "bun");
    if (!isBundled || version === undefined) return [];
    return { kind: "npm", name, version, ...(license === undefined ? {} : { licence: license }) };
  });
}

async function runInImage(builder: string, image: string, command: string[]): Promise<string> {
  if (builder !== "buildah") {
    return $`${builder} run --rm --entrypoint= --network=none ${image} ${command}`.text();
  }
  const container = (await $`buildah from --pull-never ${image}`.text()).trim();
  try {
    return await $`buildah run ${container} -- ${command}`.text();
  } finally {
    await $`buildah rm ${container}`.quiet();
  }
}
