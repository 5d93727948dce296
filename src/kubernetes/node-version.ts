/** The version of the node that an image stands for. Apart from the look-up, since semver takes 2 ms to load. */
import parseSemver from "semver/functions/parse.js";
import { parseImageReference } from "./image-reference.ts";

/**
 * The semantic version, without its `v`, that an image's tag names; undefined for tags that are
 * none: `latest`, `develop`, a commit hash. `override` (--node-version) wins over the tag.
 */
export function nodeVersion(reference: string, override?: string): string | undefined {
  if (override !== undefined) return parseVersion(override);
  const image = parseImageReference(reference);
  return image.ok && image.value.tag !== undefined ? parseVersion(image.value.tag) : undefined;
}

/** `v1.4.0-rc3` becomes `1.4.0-rc3`; undefined where the text is no semantic version. */
export function parseVersion(text: string): string | undefined {
  return parseSemver(text)?.version;
}
