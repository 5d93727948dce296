/** Which database lies in a directory, and in which state, by its small files alone. */
import { join } from "node:path";
import { readRegularFile } from "./regular-file.ts";

/** RocksDB's MANIFEST, which changes with every file of the database and is new after every start. */
export type Manifest = {
  /** `MANIFEST-000012`; the number grows. */
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
};

export type Standing = {
  /** RocksDB's own name for the database (its file IDENTITY); undefined if it has none. */
  readonly identity: string | undefined;
  readonly manifest: Manifest | undefined;
};

const NAME = /^MANIFEST-\d{1,20}$/;
/** RocksDB writes 36 characters; anything longer is another file. */
const MOST_IDENTITY_BYTES = 256;

export function standingOf(database: string): Standing {
  return { identity: identityOf(database), manifest: manifestOf(database) };
}

/** A name for this very database; undefined if the directory holds none. */
export function nameOf({ identity, manifest }: Standing): string | undefined {
  return identity ?? (manifest === undefined ? undefined : `manifest ${manifest.sha256}`);
}

/** A short word for this very state of this very database, for the name of a file. */
export function fingerprintOf({ identity, manifest }: Standing): string {
  return sha256(`${identity} ${manifest?.name} ${manifest?.bytes} ${manifest?.sha256}`).slice(0, 8);
}

export function manifestNumber({ name }: Manifest): number {
  return Number(name.slice("MANIFEST-".length));
}

function identityOf(database: string): string | undefined {
  const text = readRegularFile(join(database, "IDENTITY"))?.toString("latin1").trim();
  return text === undefined || text === "" || text.length > MOST_IDENTITY_BYTES ? undefined : text;
}

function manifestOf(database: string): Manifest | undefined {
  const name = readRegularFile(join(database, "CURRENT"))?.toString("latin1").trim();
  if (name === undefined || !NAME.test(name)) return undefined;
  const content = readRegularFile(join(database, name));
  return content && { name, bytes: content.length, sha256: sha256(content) };
}

function sha256(data: string | Uint8Array): string {
  return new Bun.CryptoHasher("sha256").update(data).digest("hex");
}
