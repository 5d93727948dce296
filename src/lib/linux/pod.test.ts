import { describe, expect, test } from "bun:test";
import { podOfCgroup, podOfMounts, podOfProcess } from "./pod.ts";

const uid = "f9e47119-1153-4435-838e-f3f6e9181238";
const otherUid = "0b2a280e-e975-4a48-b908-a29da7b9da2d";
const staticUid = "3c1f6f0e9f7a4b3db1f8a2f0c5d6e7f8";
const id = "d434ac7f".repeat(8);

test.each([
  [`11:memory:/kubepods/besteffort/pod${uid}/${id}\n1:name=systemd:/`, uid],
  [`0::/kubepods/burstable/pod${uid}/${id}`, uid],
  [`0::/kubepods/pod${staticUid}/${id}`, staticUid],
  [
    `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uid.replaceAll("-", "_")}.slice/cri-containerd-${id}.scope`,
    uid,
  ],
  [`0::/kubelet.slice/kubelet-kubepods-pod${uid.replaceAll("-", "_")}.slice:cri:${id}`, uid],
  [`0::/../../pod${uid}/${id}`, uid],
  [`0::/system.slice/containerd.service/kubepods-pod${uid}.slice`, uid],
  ["0::/", undefined],
  [`0::/../${id}`, undefined],
  ["0::/system.slice/sshd.service", undefined],
  [`0::/tripod${uid.slice(0, 8)}`, undefined],
  ["", undefined],
])("the pod of the cgroup %j", (text, pod) => {
  expect(podOfCgroup(text)).toBe(pod);
});

const kubelet = "/var/lib/kubelet";
const hosts = `111 95 254:0 ${kubelet}/pods/${uid}/etc-hosts /etc/hosts rw - ext4 /dev/vda rw`;
const log = `112 97 254:0 ${kubelet}/pods/${uid}/containers/my-init/0831ab0f /dev/termination-log rw - ext4 /dev/vda rw`;
const rest = `95 60 0:50 / / rw,relatime master:24 - overlay overlay rw
116 95 0:39 / /var/run/secrets/kubernetes.io/serviceaccount ro - tmpfs tmpfs rw
102 101 0:29 /kubepods/besteffort/pod${uid}/d434ac7f /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu`;

describe("the mounts of a container", () => {
  test("show the pod's uid and the container's name", () => {
    expect(podOfMounts([rest, hosts, log].join("\n"))).toEqual({ uid, container: "my-init" });
    expect(podOfMounts([rest, hosts].join("\n"))).toEqual({ uid, container: undefined });
    expect(podOfMounts(hosts.replace(kubelet, "/mnt/disk/k8s"))).toMatchObject({ uid });
    expect(podOfMounts(hosts.replace(kubelet, ""))).toMatchObject({ uid });
  });

  test("of a static pod have its hash for a uid", () => {
    expect(podOfMounts(hosts.replace(uid, staticUid))).toMatchObject({ uid: staticUid });
  });

  test("of other pods, brought in with the host's tree, do not count", () => {
    const other = `${kubelet}/pods/${otherUid}/containers/db/0a /host${kubelet}/pods/${otherUid}/x`;
    const volume = `${kubelet}/pods/${otherUid}/volumes/a /host/data`;
    const lines = [other, volume].map((mount) => `200 1 0:1 ${mount} rw - ext4 /dev/vda rw`);
    expect(podOfMounts([...lines, hosts, log].join("\n"))).toEqual({ uid, container: "my-init" });
  });

  test("that disagree show nothing", () => {
    const none = { uid: undefined, container: undefined };
    expect(podOfMounts([hosts, hosts.replace(uid, otherUid)].join("\n"))).toEqual(none);
    expect(podOfMounts(rest)).toEqual(none);
    expect(podOfMounts("")).toEqual(none);
  });
});

test("a process of this machine that has ended is in no pod", () => {
  expect(podOfProcess("999999999")).toBeUndefined();
});
