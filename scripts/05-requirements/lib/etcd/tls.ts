import { failureOf } from "../../../../src/lib/failure/failure.ts";
import { ETCD } from "../../../../src/lib/failure/topics/etcd.ts";
import type * as NodeCrypto from "node:crypto";
import { readFileSync } from "node:fs";
import { fail, ok, type Result } from "../../../../src/lib/result.ts";
import { failure, type Unmet } from "../../../../src/lib/linux/checks/finding.ts";
import { type Environment, readString } from "../settings.ts";

/** What to show etcd and to hold it against, PEM; what is not set is undefined. */
export type TlsFiles = {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
};

const CA = "ETCD_TLS_CLIENT_CA";
const CERT = "ETCD_TLS_CLIENT_CERT";
const KEY = "ETCD_TLS_CLIENT_KEY";

/** Whether any of the three variables asks for TLS. */
export function wantsTls(env: Environment): boolean {
  return [CA, CERT, KEY].some((name) => readString(env, name, "") !== "");
}

/**
 * Reads the files that the three variables name, and sees that they fit together. `not mounted` if
 * none of them is here: an operator may give them to the main container only.
 */
export async function readTlsFiles(
  env: Environment,
): Promise<Result<TlsFiles | "not mounted", Unmet>> {
  if (!wantsTls(env)) return ok({ ca: undefined, cert: undefined, key: undefined });
  const files = [CA, CERT, KEY].map((name) => readNamed(env, name));
  const given = files.filter(({ path }) => path !== "");
  if (given.length > 0 && given.every(({ error }) => error === "ENOENT")) return ok("not mounted");
  const broken = given.find(({ error }) => error !== undefined);
  if (broken !== undefined) {
    const { name, path, error = "" } = broken;
    return fail(failure(failureOf(ETCD, "EtcdTlsFileUnreadable", { name, path, error })));
  }
  const [ca, cert, key] = files.map(({ text }) => text);
  const wrong = findFault({ ca, cert, key }, await import("node:crypto")); // 5 ms, only where needed
  if (wrong === undefined) return ok({ ca, cert, key });
  const [why, advice] = wrong;
  return fail(failure(failureOf(ETCD, "EtcdTlsInvalid", { why, advice })));
}

type NamedFile = {
  readonly name: string;
  readonly path: string;
  readonly text: string | undefined;
  /** The errno's name. */
  readonly error: string | undefined;
};

function readNamed(env: Environment, name: string): NamedFile {
  const path = readString(env, name, "");
  if (path === "") return { name, path, text: undefined, error: undefined };
  try {
    return { name, path, text: readFileSync(path, "utf8"), error: undefined };
  } catch (error) {
    return { name, path, text: undefined, error: (error as NodeJS.ErrnoException).code ?? "error" };
  }
}

type Fault = readonly [cause: string, fix: string];

/** What TLS would only call a failed handshake. */
function findFault({ ca, cert, key }: TlsFiles, crypto: typeof NodeCrypto): Fault | undefined {
  if (ca !== undefined && parseCertificate(ca, crypto) === undefined)
    return notPem(CA, "certificate");
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined)
    return ["cannot use ETCD_TLS_CLIENT_KEY without ETCD_TLS_CLIENT_CERT", SET_BOTH];
  if (key === undefined)
    return ["cannot use ETCD_TLS_CLIENT_CERT without ETCD_TLS_CLIENT_KEY", SET_BOTH];
  const certificate = parseCertificate(cert, crypto);
  if (certificate === undefined) return notPem(CERT, "certificate");
  const privateKey = parseKey(key, crypto);
  if (privateKey === undefined) return notPem(KEY, "private key");
  if (!certificate.checkPrivateKey(privateKey)) {
    return ["cannot use ETCD_TLS_CLIENT_KEY: it is not the key of ETCD_TLS_CLIENT_CERT", RENEW];
  }
  if (certificate.validToDate.getTime() < Date.now()) {
    const end = certificate.validToDate.toISOString();
    return [`cannot use ETCD_TLS_CLIENT_CERT: it expired at ${end}`, RENEW];
  }
  return undefined;
}

const SET_BOTH = "Set both, or neither where etcd asks for no client certificate.";
const RENEW =
  "Issue the client certificate for etcd again, and replace the secret that holds it and its key.";

function notPem(name: string, kind: string): Fault {
  return [
    `cannot use ${name}: its file holds no ${kind} in PEM`,
    "Correct the secret that it comes from.",
  ];
}

function parseCertificate(
  pem: string,
  crypto: typeof NodeCrypto,
): NodeCrypto.X509Certificate | undefined {
  try {
    return new crypto.X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function parseKey(pem: string, crypto: typeof NodeCrypto): NodeCrypto.KeyObject | undefined {
  try {
    return crypto.createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
