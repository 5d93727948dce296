import { failureOf } from "../../../../src/lib/failure/failure.ts";
import { ETCD } from "../../../../src/lib/failure/topics/etcd.ts";
import { parseDuration } from "../../../../src/lib/text/duration.ts";
import { failure, type Finding, met, warning } from "../../../../src/lib/linux/checks/finding.ts";
import { type Environment, readString, unusable } from "../settings.ts";
import { askHealth, dial, type Trouble } from "./ask.ts";
import { type Endpoint, readEndpoints } from "./endpoints.ts";
import { readTlsFiles, type TlsFiles, wantsTls } from "./tls.ts";

/** An endpoint asked; without trouble it is healthy. */
export type Asked = { readonly name: string; readonly trouble: Trouble | undefined };

/** Whether etcd is there for this node. All endpoints are asked, side by side. */
export async function checkEtcd(env: Environment): Promise<Finding> {
  const endpoints = readEndpoints(env, wantsTls(env));
  if (!endpoints.ok) return endpoints.error;
  if (endpoints.value.length === 0) return met("etcd: ETCD_ENDPOINTS is not set, so none is asked");
  const timeout = readString(env, "STORAGEOS_ETCD_TIMEOUT", "5s");
  const deadlineMs = parseDuration(timeout);
  if (!deadlineMs.ok) return unusable("STORAGEOS_ETCD_TIMEOUT", timeout, "a duration", "5s");
  const tls = await readTlsFiles(env);
  if (!tls.ok) return tls.error;
  const asked = await Promise.all(
    endpoints.value.map((endpoint) => ask(endpoint, tls.value, deadlineMs.value)),
  );
  return judgeEtcd(asked, tls.value === "not mounted");
}

/** One endpoint that works is enough to start with. */
export function judgeEtcd(asked: readonly Asked[], onlyDialled: boolean): Finding {
  const broken = asked.flatMap(({ name, trouble }) =>
    trouble === undefined ? [] : [{ name, trouble }],
  );
  if (broken.length === 0) {
    const working = asked.map(({ name }) => name).join(", ");
    return onlyDialled
      ? met(
          `etcd: ${working} can be reached; TLS is not tried, as the ETCD_TLS_* files are not here`,
        )
      : met(`etcd: ${working} healthy`);
  }
  const endpoints = broken.map(({ name, trouble }) => `${name} ${trouble.why}`).join("; ");
  const advice = [...new Set(broken.map(({ trouble }) => trouble.fix))].join(" ");
  if (broken.length === asked.length)
    return failure(failureOf(ETCD, "EtcdUnusable", { endpoints, advice }));
  const about = { amount: String(broken.length), all: String(asked.length), endpoints, advice };
  return warning(failureOf(ETCD, "EtcdDegraded", about));
}

async function ask(
  endpoint: Endpoint,
  tls: TlsFiles | "not mounted",
  deadlineMs: number,
): Promise<Asked> {
  const dialled = await dial(endpoint, deadlineMs);
  const answered =
    dialled.ok && tls !== "not mounted" ? await askHealth(endpoint, tls, deadlineMs) : dialled;
  return { name: endpoint.name, trouble: answered.ok ? undefined : answered.error };
}
