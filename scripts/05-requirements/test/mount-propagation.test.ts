import { expect } from "bun:test";
import { failed, passed, runCheck, testAsRoot } from "./run-check.ts";

const env = { STORAGEOS_SHARED_DIRS: "/mnt/node" };
const MET = "/mnt/node passes mounts on";
const alone = ["unshare", "--mount", "--propagation", "private"];

/** On the node itself, by hand. */
const byHand = (then: string) => `mount -t tmpfs none /mnt; mkdir /mnt/node; ${then}; "$@"`;

testAsRoot("a shared mount passes", async () => {
  const shell = byHand("mount --make-shared /mnt");
  expect(await runCheck("mount-propagation", { inside: alone, env, shell })).toEqual(passed(MET));
});

testAsRoot("a private mount fails", async () => {
  expect(
    await runCheck("mount-propagation", { inside: alone, env, shell: byHand("true") }),
  ).toEqual(
    failed(
      "mount-propagation",
      "mount propagation is off for /mnt/node: the mount at /mnt is not shared. " +
        "Run mount --make-rshared /mnt on the node; a pod needs /mnt/node as a volume mount with mountPropagation: Bidirectional.",
    ),
  );
});

testAsRoot("a volume mount without mountPropagation fails", async () => {
  const shell = byHand("mount --bind /mnt/node /mnt/node");
  expect(await runCheck("mount-propagation", { inside: alone, env, shell })).toEqual(
    failed(
      "mount-propagation",
      "mount propagation is off for /mnt/node: its mount in this container is not shared. " +
        "Set mountPropagation: Bidirectional on the volume mount /mnt/node of the pod.",
    ),
  );
});

testAsRoot("directories that are not there yet are not judged", async () => {
  const shell = 'mount -t tmpfs none /mnt; "$@"';
  expect(await runCheck("mount-propagation", { inside: alone, env, shell })).toEqual(
    passed("mount propagation: none of /mnt/node is there yet"),
  );
});

/** A node whose first process is seen, as with hostPID. */
const node = ["unshare", "--pid", "--fork", "--mount", "--mount-proc", "--propagation", "private"];

type Container = {
  /** What the node's mount that holds the directory is. */
  readonly onNode: "shared" | "private";
  /** MountFlags of the container runtime's systemd unit; without, it is in the node's mount namespace. */
  readonly runtime: "unchanged" | "slave";
  /** mountPropagation of the volume mount. */
  readonly volume: "Bidirectional" | "HostToContainer";
};

/** Shell: a node, a container runtime on it, and the check in a container with a volume mount. */
function inContainer({ onNode, runtime, volume }: Container): string {
  // As runc does: the container's own mounts pass nothing on unless a volume asks for it.
  const own = volume === "Bidirectional" ? "unchanged" : "slave";
  return `
    mount -t tmpfs none /mnt; mount --make-${onNode} /mnt; mkdir /mnt/node /mnt/root /mnt/upper /mnt/work
    cat > /mnt/container <<'END'
      mount -t overlay none -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
      for directory in dev proc sys tmp; do mount --rbind /$directory /mnt/root/$directory; done
      mkdir -p /mnt/root/mnt/node
      mount --rbind /mnt/node /mnt/root/mnt/node
      ${volume === "Bidirectional" ? "mount --make-rshared /mnt/root/mnt/node" : ""}
      exec chroot /mnt/root "$@"
    END
    cat > /mnt/runtime <<'END'
      ${runtime === "slave" ? "mount --make-rshared /" : ""}
      exec unshare --mount --propagation ${own} sh -e /mnt/container "$@"
    END
    unshare --mount --propagation ${runtime} sh -e /mnt/runtime "$@"`.replaceAll(/^ {4}/gm, "");
}

const prepared: Container = { onNode: "shared", runtime: "unchanged", volume: "Bidirectional" };
const run = (container: Partial<Container>) =>
  runCheck("mount-propagation", {
    inside: node,
    env,
    shell: inContainer({ ...prepared, ...container }),
  });

testAsRoot("a Bidirectional volume mount in a container passes", async () => {
  expect(await run({})).toEqual(passed(MET));
});

testAsRoot("a volume mount that passes nothing on to the node fails", async () => {
  expect(await run({ volume: "HostToContainer" })).toEqual(
    failed(
      "mount-propagation",
      "mount propagation is off for /mnt/node: its mount in this container is not shared. " +
        "Set mountPropagation: Bidirectional on the volume mount /mnt/node of the pod.",
    ),
  );
});

testAsRoot(
  "a private mount on the node fails, however it is mounted in the container",
  async () => {
    expect(await run({ onNode: "private" })).toEqual(
      failed(
        "mount-propagation",
        "mount propagation is off for /mnt/node: the mount at /mnt is not shared on the node. " +
          "Run mount --make-rshared /mnt on the node, and at each boot (systemd does it by itself).",
      ),
    );
  },
);

testAsRoot(
  "a container runtime with MountFlags=slave fails, although its own mounts are shared",
  async () => {
    expect(await run({ runtime: "slave" })).toEqual(
      failed(
        "mount-propagation",
        "mount propagation from /mnt/node does not reach the node: the mount at /mnt/node is shared in another mount namespace only. " +
          "Remove MountFlags=slave or private (or set MountFlags=shared) from the systemd unit of the container runtime, then systemctl daemon-reload and restart it.",
      ),
    );
  },
);

testAsRoot(
  "a directory of the node that the container does not mount is judged on the node",
  async () => {
    const shell = inContainer(prepared);
    const other = { STORAGEOS_SHARED_DIRS: "/mnt/node,/mnt/work" };
    expect(await runCheck("mount-propagation", { inside: node, env: other, shell })).toEqual(
      passed("/mnt/node passes mounts on, /mnt/work passes mounts on"),
    );
  },
);
