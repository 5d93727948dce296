import { expect } from "bun:test";
import { passed, runCheck, testAsRoot, warned } from "./run-check.ts";

/** A directory as selinuxfs shows it, since few machines that run tests have SELinux. */
const withSelinux = (enforce: string, booleans: Readonly<Record<string, string>>) => `
  mount -t tmpfs none /sys/fs; mkdir -p /sys/fs/selinux/booleans; cd /sys/fs/selinux
  printf ${enforce} > enforce
  ${Object.entries(booleans)
    .map(([name, value]) => `printf '${value}' > booleans/${name}`)
    .join("; ")}
  cd /; "$@"`;
const inside = ["unshare", "--mount"];
const env = { K8S_DISTRO: "openshift" };
const OFF = { virt_sandbox_use_fusefs: "0 0", virt_use_fusefs: "0 0" };

testAsRoot("booleans that are on pass", async () => {
  const shell = withSelinux("1", { virt_sandbox_use_fusefs: "1 1", virt_use_fusefs: "1 1" });
  expect(await runCheck("selinux", { inside, env, shell })).toEqual(
    passed("SELinux: virt_sandbox_use_fusefs, virt_use_fusefs on"),
  );
});

testAsRoot("booleans that are off warn", async () => {
  expect(await runCheck("selinux", { inside, env, shell: withSelinux("1", OFF) })).toEqual(
    warned(
      "selinux",
      "SELinux is enforcing and these booleans are off: virt_sandbox_use_fusefs, virt_use_fusefs. Containers may not reach their volumes. " +
        "Set them on the node: setsebool -P virt_sandbox_use_fusefs=on virt_use_fusefs=on (-P keeps them after a reboot).",
    ),
  );
});

testAsRoot("SELinux that only permits passes", async () => {
  expect(await runCheck("selinux", { inside, env, shell: withSelinux("0", OFF) })).toEqual(
    passed("SELinux: not enforcing"),
  );
});

testAsRoot("a machine without SELinux passes", async () => {
  const shell = 'mount -t tmpfs none /sys/fs; "$@"';
  expect(await runCheck("selinux", { inside, env, shell })).toEqual(
    passed("SELinux: not enforcing"),
  );
});

testAsRoot(
  "elsewhere than on OpenShift only the booleans that are named are looked at",
  async () => {
    const shell = withSelinux("1", OFF);
    expect(await runCheck("selinux", { inside, shell })).toEqual(
      passed("SELinux: only looked at on OpenShift (K8S_DISTRO)"),
    );
    const named = { STORAGEOS_SELINUX_BOOLEANS: "virt_use_fusefs,unknown_to_the_policy" };
    expect((await runCheck("selinux", { inside, env: named, shell })).outcome).toBe("warned");
  },
);
