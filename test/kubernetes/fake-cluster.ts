/** A cluster made of the tests' own API server, with one DaemonSet and one pod of it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PodSpec } from "kubernetes-types/core/v1";
import { makeAuthority } from "./certificates.ts";
import type { TestCluster } from "./container.ts";
import { type ApiServer, environmentFor, startApiServer, writeServiceAccount } from "./servers.ts";

export type FakeCluster = TestCluster & {
  readonly api: ApiServer;
  readonly podPath: string;
  readonly daemonSetPath: string;
  readonly setInitContainers: (names: readonly string[]) => void;
  readonly setPodIp: (address: string | undefined) => void;
  readonly setNodeName: (name: string) => void;
  readonly stop: () => Promise<void>;
};

export function startFakeCluster(): FakeCluster {
  const directory = mkdtempSync(join(tmpdir(), "fake-cluster-"));
  const authority = makeAuthority(join(directory, "ca"));
  const api = startApiServer(authority.issue("IP:127.0.0.1", 1));
  const namespace = "storage";
  const daemonSet = "node";
  const pod = {
    name: "node-x7k2p",
    uid: "f9e47119-1153-4435-838e-f3f6e9181238",
    image: "storageos/node:v1.4.0",
  };
  const podPath = `/api/v1/namespaces/${namespace}/pods/${pod.name}`;
  const daemonSetPath = `/apis/apps/v1/namespaces/${namespace}/daemonsets/${daemonSet}`;
  const events = `/api/v1/namespaces/${namespace}/events/`;
  const owner = {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    name: daemonSet,
    uid: "",
    controller: true,
  };
  const metadata = { name: pod.name, namespace, uid: pod.uid, ownerReferences: [owner] };
  let initContainers: readonly string[] = ["my-init"];
  let podIP: string | undefined;
  let nodeName: string | undefined;
  const setPod = (): void => {
    const init = initContainers.map((name) => ({ name }));
    const node = nodeName === undefined ? {} : { nodeName };
    const spec = { ...specWith(pod.image), initContainers: init, ...node };
    const status = podIP === undefined ? {} : { podIP };
    api.objects.set(podPath, { kind: "Pod", metadata, spec, status });
  };
  setPod();
  const setTemplateImage = (image: string): void => {
    const spec = { selector: {}, template: { spec: specWith(image) } };
    api.objects.set(daemonSetPath, { kind: "DaemonSet", metadata: { name: daemonSet }, spec });
  };
  setTemplateImage(pod.image);
  return {
    api,
    namespace,
    daemonSet,
    pod,
    podPath,
    daemonSetPath,
    access: {
      env: environmentFor(api.port),
      serviceAccountDir: writeServiceAccount(join(directory, "serviceaccount"), authority.ca),
    },
    setTemplateImage,
    setInitContainers(names) {
      initContainers = names;
      setPod();
    },
    setNodeName(name) {
      nodeName = name;
      setPod();
    },
    setPodIp(address) {
      podIP = address;
      setPod();
    },
    events: () =>
      [...api.objects]
        .filter(([path]) => path.startsWith(events))
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([, object]) => ("involvedObject" in object ? [object] : [])),
    removeEvents() {
      for (const path of api.objects.keys()) if (path.startsWith(events)) api.objects.delete(path);
    },
    async stop() {
      await api.stop();
      rmSync(directory, { recursive: true });
    },
  };
}

function specWith(image: string): PodSpec {
  return { containers: [{ name: "storageos", image }] };
}
