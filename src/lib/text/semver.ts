import type isLess from "semver/functions/lt.js";
import type rangeOf from "semver/ranges/valid.js";
import type satisfiesRange from "semver/functions/satisfies.js";
import type versionOf from "semver/functions/valid.js";

// The package is evaluated when first needed: that takes 2 ms, and most runs need none of it.

export function isRange(text: string): boolean {
  const validRange: typeof rangeOf = require("semver/ranges/valid.js");
  return validRange(text) !== null;
}

/** The version in its plain form (`v1.4.0` becomes `1.4.0`), or undefined if it is none. */
export function parseVersion(text: string): string | undefined {
  const valid: typeof versionOf = require("semver/functions/valid.js");
  return valid(text) ?? undefined;
}

/** A release candidate counts by its place in the order: 1.5.0-rc1 is in >=1.4.0, 1.4.0-rc1 is not. */
export function isInRange(version: string, range: string): boolean {
  const satisfies: typeof satisfiesRange = require("semver/functions/satisfies.js");
  return satisfies(version, range, { includePrerelease: true });
}

export function isOlder(version: string, than: string): boolean {
  const lessThan: typeof isLess = require("semver/functions/lt.js");
  return lessThan(version, than);
}
