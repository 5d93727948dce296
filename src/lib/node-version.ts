/** The version of the node that an image stands for. */
import { parseVersion } from "./text/semver.ts";
import { parseImageReference } from "./image-reference.ts";

/**
 * The semantic version, without its `v`, that an image's tag names; undefined for tags that are
 * none: `latest`, `develop`, a commit hash.
 */
export function versionOfImage(reference: string): string | undefined {
  const image = parseImageReference(reference);
  return image.ok && image.value.tag !== undefined ? parseVersion(image.value.tag) : undefined;
}
