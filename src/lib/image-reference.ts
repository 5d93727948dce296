/** Container image references, as the distribution project's reference grammar has them. */
import { fail, ok, type Result } from "./result.ts";
import { parseVersion } from "./text/semver.ts";

export type ImageReference = {
  /** Host and, if given, port: `quay.io`, `localhost:5000`, `[fd00::1]:5000`. */
  readonly registry: string | undefined;
  /** The repository below the registry: `storageos/node`. */
  readonly path: string;
  readonly tag: string | undefined;
  /** With its algorithm: `sha256:…`. */
  readonly digest: string | undefined;
};

const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
const REGISTRY = new RegExp(String.raw`^(?:${LABEL}(?:\.${LABEL})*|\[[0-9a-fA-F:]+\])(?::\d+)?$`);

/**
 * Takes `[registry[:port]/]path[:tag][@digest]` apart; nothing is filled in, so no tag is no tag.
 * Grammar: github.com/distribution/reference, reference.go.
 */
export function parseImageReference(reference: string): Result<ImageReference, string> {
  const wrong = (what: string) => fail(`"${reference}" is no image reference: ${what}`);
  if (reference === "") return fail("the image reference is empty");
  const [named = "", digest, ...more] = reference.split("@");
  if (more.length > 0) return wrong("more than one @");
  if (digest !== undefined && !isDigest(digest)) return wrong(`"${digest}" is no digest`);
  const { name, tag } = splitTag(named);
  if (tag !== undefined && !TAG.test(tag)) return wrong(`"${tag}" is no tag`);
  const { registry, path } = splitRegistry(name);
  if (registry !== undefined && !REGISTRY.test(registry)) {
    return wrong(`"${registry}" is no registry`);
  }
  if (name.length > 255) return wrong("its name is over 255 characters");
  const odd = path.split("/").find((component) => !COMPONENT.test(component));
  if (odd !== undefined) return wrong(`"${odd}" cannot stand in a repository's name`);
  return ok({ registry, path, tag, digest });
}

function isDigest(text: string): boolean {
  return (
    DIGEST.test(text) && (!text.startsWith("sha256:") || text.length === "sha256:".length + 64)
  );
}

/** A colon after the last slash parts the tag; one before it belongs to the registry. */
function splitTag(named: string): { name: string; tag: string | undefined } {
  const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
  if (colon === -1) return { name: named, tag: undefined };
  return { name: named.slice(0, colon), tag: named.slice(colon + 1) };
}

/** The first component is a registry if it cannot be part of a path: it has a dot, colon or capital, or is localhost. */
function splitRegistry(name: string): { registry: string | undefined; path: string } {
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(0, slash));
  if (!/[.:A-Z]/.test(first) && first !== "localhost") return { registry: undefined, path: name };
  return { registry: first, path: name.slice(slash + 1) };
}

/**
 * The semantic version, without its `v`, that an image's tag names; undefined for tags that are
 * none: `latest`, `develop`, a commit hash.
 */
export function versionOfImage(reference: string): string | undefined {
  const image = parseImageReference(reference);
  return image.ok && image.value.tag !== undefined ? parseVersion(image.value.tag) : undefined;
}
