import { expect } from "bun:test";
import { passed, runCheck, testAsRoot, warned } from "./run-check.ts";

/**
 * Shell: configfs, sysfs and /dev as target_core_user shows two devices (Documentation/target/tcmu-design.rst),
 * since few machines that run tests have it; what has a device open is a real process.
 */
const withDevices = (then: string) => `
  mount -t tmpfs none /sys/kernel; mount -t tmpfs none /sys/class; mount -t tmpfs none /mnt
  core=/sys/kernel/config/target/core
  mkdir -p $core/alua $core/fileio_0/disk0 $core/user_0/rbd0 $core/user_1/left-behind /mnt/upper /mnt/work
  touch $core/user_0/hba_info $core/user_1/hba_info
  mkdir -p /sys/class/uio/uio0 /sys/class/uio/uio1
  printf 'tcm-user/0/rbd0/rbd/pool/image' > /sys/class/uio/uio0/name
  printf 'tcm-user/1/left-behind' > /sys/class/uio/uio1/name
  mount -t overlay none -o lowerdir=/dev,upperdir=/mnt/upper,workdir=/mnt/work /dev; touch /dev/uio0 /dev/uio1
  ${then}
  "$@"`;
const inside = ["unshare", "--mount"];
const NONE = "TCMU: no other program uses it";

testAsRoot("a machine without TCMU devices passes", async () => {
  const shell = 'mount -t tmpfs none /sys/kernel; "$@"';
  expect(await runCheck("tcmu", { inside, shell })).toEqual(passed(NONE));
});

testAsRoot("devices that nobody serves are in nobody's way", async () => {
  expect(await runCheck("tcmu", { inside, shell: withDevices("") })).toEqual(passed(NONE));
});

/** A program that serves a device has it open. */
const served = withDevices(`
  (exec 9<> /dev/uio0; touch /mnt/ready; exec sleep 1000) & trap "kill $!" EXIT
  until test -e /mnt/ready; do sleep 0.01; done`);

testAsRoot("a program that serves one is named", async () => {
  const { stderr, message, ...rest } = await runCheck("tcmu", { inside, shell: served });
  const line = stderr.replace(/pid \d+/, "pid N").trimEnd();
  expect({ ...rest, stderr: `${line}\n`, message: message.replace(/pid \d+/, "pid N") }).toEqual(
    warned(
      "tcmu",
      "another program uses TCMU, which can destroy data: user_0/rbd0 (sleep, pid N). " +
        "Stop that program on this node, or set DISABLE_TCMU=true, or keep the pod off this node.",
    ),
  );
});

testAsRoot("where the node's processes are not seen, every device counts", async () => {
  const unseen = ["unshare", "--mount", "--pid", "--fork", "--mount-proc"];
  expect((await runCheck("tcmu", { inside: unseen, shell: withDevices("") })).stderr).toBe(
    "another program may use TCMU, which can destroy data: who serves user_0/rbd0, user_1/left-behind cannot be seen from here. " +
      "Stop that program on this node, or set DISABLE_TCMU=true, or keep the pod off this node.\n",
  );
});

testAsRoot("a node that does not use TCMU itself passes", async () => {
  const env = { DISABLE_TCMU: "true" };
  expect(await runCheck("tcmu", { inside, shell: served, env })).toEqual(
    passed("TCMU: not used (DISABLE_TCMU)"),
  );
});
