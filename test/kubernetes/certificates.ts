/** A certificate authority of the tests' own, made with openssl. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type ServerCertificate = { readonly cert: string; readonly key: string };

export type Authority = {
  /** Its own certificate, PEM. */
  readonly ca: string;
  /** `days` from now until it ends; a negative number makes one that has expired. */
  readonly issue: (subjectAltName: string, days: number) => ServerCertificate;
};

export function makeAuthority(directory: string): Authority {
  mkdirSync(directory, { recursive: true });
  const openssl = (...args: string[]): void => {
    const { success, stderr } = Bun.spawnSync(["openssl", ...args], { cwd: directory });
    if (!success) throw new Error(`openssl ${args.join(" ")}: ${stderr.toString()}`);
  };
  const read = (name: string): string => readFileSync(join(directory, name), "utf8");
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl("req", "-x509", ...newKey, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=test-ca");
  return {
    ca: read("ca.crt"),
    issue(subjectAltName, days) {
      writeFileSync(join(directory, "extensions"), `subjectAltName=${subjectAltName}\n`);
      openssl("req", ...newKey, "-keyout", "api.key", "-out", "api.csr", "-subj", "/CN=api");
      const sign = ["-in", "api.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"];
      const shape = ["-days", String(days), "-extfile", "extensions", "-out", "api.crt"];
      openssl("x509", "-req", ...sign, ...shape);
      return { cert: read("api.crt"), key: read("api.key") };
    },
  };
}
