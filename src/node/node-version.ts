import { parseVersion } from "../text/semver.ts";

/** semver of a node image's tag, without a leading v; undefined if the tag is no version. */
export function versionOfImage(image: string): string | undefined {
  const tag = /:([\w][\w.-]{0,127})(?:@.*)?$/.exec(image)?.[1];
  return tag === undefined ? undefined : parseVersion(tag);
}
