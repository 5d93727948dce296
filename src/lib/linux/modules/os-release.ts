import { join } from "node:path";
import { type Host, readText } from "../host.ts";

/** What os-release(5) says of the host's distribution; an absent field is empty. */
export type OsRelease = {
  readonly id: string;
  readonly idLike: readonly string[];
  readonly versionId: string;
  readonly variantId: string;
  /** For people, such as `Ubuntu 22.04.4 LTS`. */
  readonly prettyName: string;
};

/** Reads the host's os-release; an unreadable one gives empty fields and the name `Linux`. */
export function readOsRelease(host: Host): OsRelease {
  const text =
    readText(join(host.root, "etc/os-release")) ?? readText(join(host.root, "usr/lib/os-release"));
  const fields = parseFields(text ?? "");
  return {
    id: fields.get("ID") ?? "",
    idLike: (fields.get("ID_LIKE") ?? "").split(" ").filter(Boolean),
    versionId: fields.get("VERSION_ID") ?? "",
    variantId: fields.get("VARIANT_ID") ?? "",
    prettyName: fields.get("PRETTY_NAME") ?? "Linux",
  };
}

function parseFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, key, value = ""] = /^([A-Z_0-9]+)=(.*)$/.exec(line.trim()) ?? [];
    if (key !== undefined) fields.set(key, unquote(value));
  }
  return fields;
}

/** Shell quoting as os-release(5) allows it. */
function unquote(value: string): string {
  const inner = /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;
  return inner.replace(/\\(["'$`\\])/g, "$1");
}
