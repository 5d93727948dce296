import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An authority of the tests' own, made with openssl; its files lie in a directory. */
export type Authority = {
  /** Makes `<name>.crt` and `<name>.key`; `days` may be negative. */
  readonly issue: (name: string, subjectAltName: string, days?: number) => void;
  readonly path: (file: string) => string;
  readonly remove: () => void;
};

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

export function makeAuthority(): Authority {
  const directory = mkdtempSync(join(tmpdir(), "authority-"));
  const openssl = (...words: string[]): void => {
    const { success, stderr } = Bun.spawnSync(["openssl", ...words], { cwd: directory });
    if (!success) throw new Error(stderr.toString());
  };
  const path = (file: string): string => join(directory, file);
  openssl("req", "-x509", ...NEW_KEY, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=ca");
  return {
    issue(name, subjectAltName, days = 2) {
      writeFileSync(path("extensions"), `subjectAltName=${subjectAltName}\n`);
      openssl("req", ...NEW_KEY, "-keyout", `${name}.key`, "-out", "csr", "-subj", `/CN=${name}`);
      const sign = ["-in", "csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"];
      const shape = ["-days", String(days), "-extfile", "extensions", "-out", `${name}.crt`];
      openssl("x509", "-req", ...sign, ...shape);
    },
    path,
    remove: () => rmSync(directory, { recursive: true }),
  };
}

export type EtcdServer = { readonly endpoint: string; readonly stop: () => Promise<void> };

type Options = {
  /** With it, etcd has TLS and asks for client certificates. */
  readonly tls?: Authority;
  /** Of etcd itself. */
  readonly certificate?: string;
};

/** A real etcd at a free port, ready when this resolves. */
export async function startEtcd(options: Options = {}): Promise<EtcdServer> {
  const [server] = await startCluster(1, options);
  if (server === undefined) throw new Error("no etcd");
  return server;
}

/** As many as are asked for that are one cluster. */
export async function startCluster(size: number, options: Options = {}): Promise<EtcdServer[]> {
  const members = Array.from({ length: size }, (_, index) => ({
    name: `member${index}`,
    peerUrl: `http://127.0.0.1:${freePort()}`,
  }));
  const cluster = members.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join(",");
  return Promise.all(members.map(async (member) => startMember({ ...member, cluster }, options)));
}

type Member = { readonly name: string; readonly peerUrl: string; readonly cluster: string };

async function startMember(
  member: Member,
  { tls, certificate = "server" }: Options,
): Promise<EtcdServer> {
  const directory = mkdtempSync(join(tmpdir(), "etcd-"));
  const endpoint = `127.0.0.1:${freePort()}`;
  const url = `${tls === undefined ? "http" : "https"}://${endpoint}`;
  const flags = {
    name: member.name,
    "data-dir": directory,
    "listen-client-urls": url,
    "advertise-client-urls": url,
    "listen-peer-urls": member.peerUrl,
    "initial-advertise-peer-urls": member.peerUrl,
    "initial-cluster": member.cluster,
    ...(tls === undefined
      ? {}
      : {
          "cert-file": tls.path(`${certificate}.crt`),
          "key-file": tls.path(`${certificate}.key`),
          "client-cert-auth": "true",
          "trusted-ca-file": tls.path("ca.crt"),
        }),
  };
  const words = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const child = Bun.spawn(["etcd", ...words], { stdout: "ignore", stderr: "pipe" });
  await readUntil(child.stderr, "client requests");
  return {
    endpoint,
    stop: async () => {
      child.kill();
      await child.exited;
      rmSync(directory, { recursive: true });
    },
  };
}

async function readUntil(stream: ReadableStream<Uint8Array>, words: string): Promise<void> {
  let seen = "";
  const reader = stream.getReader();
  while (!seen.includes(words)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`etcd ended: ${seen}`);
    seen += new TextDecoder().decode(value);
  }
  void drain(reader);
}

async function drain(reader: { read(): Promise<{ done: boolean }> }): Promise<void> {
  while (!(await reader.read()).done);
}

/**
 * A port that nothing has: taken for a moment, and given back. It is below those that the kernel
 * gives to connections, so that no other test gets it meanwhile.
 */
export function freePort(): number {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    try {
      using server = Bun.listen({ hostname: "127.0.0.1", port, socket: { data() {} } });
      return server.port;
    } catch {
      // something has it
    }
  }
}
