import { afterEach, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { diagnose } from "./diagnose.ts";
import { wordOf } from "./word.ts";
import { kernelModule } from "./known.ts";
import { ok } from "../../result.ts";
import { RELEASE, makeHost } from "../../../../test/host-fixture.ts";

const FILE = "kernel/drivers/target/loopback/tcm_loop.ko";
const SECURE_BOOT = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
const REINSTALL = `Run "apt-get install --reinstall linux-image-${RELEASE}" on the node`;

let root = "";
afterEach(() => {
  rmSync(root, { recursive: true });
});

type Case = {
  files?: Record<string, string | Uint8Array>;
  stderr: string;
  log?: string[];
  status?: number;
};

/** tcm_loop fails to load on a Debian host that has its file. */
function diagnoseLoop({ files = {}, stderr, log = [], status = 1 }: Case): {
  readonly module: string;
  readonly cause: string;
  readonly fix: string;
} {
  const host = makeHost({
    "etc/os-release": "ID=debian\n",
    [`lib/modules/${RELEASE}/modules.dep`]: `${FILE}: kernel/drivers/scsi/scsi_mod.ko\nkernel/drivers/scsi/scsi_mod.ko:\n`,
    [`lib/modules/${RELEASE}/${FILE}`]: "",
    [`lib/modules/${RELEASE}/kernel/drivers/scsi/scsi_mod.ko`]: "",
    "sys/module/scsi_mod/initstate": "live\n",
    ...files,
  });
  ({ root } = host);
  const need = { ...kernelModule("tcm_loop"), mandatory: true, requires: [] };
  const { module, fault } = diagnose({
    host,
    need,
    state: "absent",
    run: ok({ status, stderr }),
    log,
  });
  const { cause, fix } = wordOf(fault, module);
  return { module, cause: cause.replaceAll(root, "").replace(/^cannot load .*?: /, ""), fix };
}

const INSERT = "modprobe: ERROR: could not insert 'tcm_loop':";
const SIGNATURE_FIX =
  "Use the distribution's own kernel and modules, or enrol the key that signed them (mokutil --import), or turn Secure Boot and lockdown off";

test("Secure Boot and lockdown are named when the key is rejected", () => {
  const files = {
    [SECURE_BOOT]: new Uint8Array([6, 0, 0, 0, 1]),
    "sys/kernel/security/lockdown": "none [integrity] confidentiality\n",
  };
  expect(diagnoseLoop({ files, stderr: `${INSERT} Key was rejected by service` })).toEqual({
    module: "tcm_loop",
    cause: `the kernel does not accept its signature: Secure Boot is on, lockdown is integrity ("${INSERT} Key was rejected by service")`,
    fix: SIGNATURE_FIX,
  });
});

test("Secure Boot that is off is not blamed", () => {
  const log = ["Loading of module with unavailable key is rejected"];
  const files = { [SECURE_BOOT]: new Uint8Array([6, 0, 0, 0, 0]) };
  expect(diagnoseLoop({ files, log, stderr: `${INSERT} Required key not available` }).cause).toBe(
    `the kernel does not accept its signature ("${INSERT} Required key not available"; kernel log: "Loading of module with unavailable key is rejected")`,
  );
});

test("a capability that the container lacks is told before anything of the file", () => {
  const files = { "proc/self/status": "Name:\tbun\nCapEff:\t000001ffffeeffff\n" };
  expect(diagnoseLoop({ files, stderr: `${INSERT} Operation not permitted` })).toEqual({
    module: "tcm_loop",
    cause: "the init container lacks the capability CAP_SYS_MODULE",
    fix: "Set securityContext.privileged: true on the init container",
  });
});

test("SELinux's denial, with the kernel's own line", () => {
  const avc = `audit: type=1400 audit(1): avc:  denied  { module_load } for  pid=7 comm="modprobe" scontext=system_u:system_r:container_t:s0 tclass=system permissive=0`;
  expect(diagnoseLoop({ stderr: `${INSERT} Permission denied`, log: [avc] }).cause).toBe(
    `SELinux denies module_load (kernel log: "${avc}")`,
  );
});

test("SELinux's denial where auditd takes the kernel's line", () => {
  const files = { "sys/fs/selinux/enforce": "1" };
  expect(diagnoseLoop({ files, stderr: `${INSERT} Permission denied` }).cause).toBe(
    `SELinux denies module_load ("${INSERT} Permission denied")`,
  );
});

test("a dependency that is not there is blamed for its own reason", () => {
  const files = {
    "sys/module/scsi_mod/initstate": "coming\n",
    "etc/modprobe.d/a.conf": "install scsi-mod /bin/true\n",
  };
  expect(diagnoseLoop({ files, stderr: "", status: 0 })).toEqual({
    module: "scsi_mod",
    cause: '/etc/modprobe.d/a.conf:1 forbids it ("install scsi-mod /bin/true")',
    fix: "Remove that line on the node",
  });
});

test("a module of another build", () => {
  const log = ["tcm_loop: disagrees about version of symbol module_layout"];
  expect(diagnoseLoop({ stderr: `${INSERT} Exec format error`, log })).toEqual({
    module: "tcm_loop",
    cause: `it does not fit the running kernel ${RELEASE} (kernel log: "tcm_loop: disagrees about version of symbol module_layout")`,
    fix: `${REINSTALL}, so that kernel and modules are of one build; if the kernel was updated, reboot the node`,
  });
});

test("what no check knows is told as modprobe and the kernel said it", () => {
  expect(
    diagnoseLoop({ stderr: `${INSERT} Device or resource busy`, log: ["tcm_loop: boom"] }),
  ).toEqual({
    module: "tcm_loop",
    cause: `"${INSERT} Device or resource busy", and the module is absent; kernel log: "tcm_loop: boom"`,
    fix: 'Run "modprobe tcm_loop" on the node and see its kernel log (dmesg)',
  });
});

test("a modprobe that exits 0 and loads nothing proves nothing", () => {
  expect(diagnoseLoop({ stderr: "", status: 0 }).cause).toBe(
    "modprobe exited 0 and printed nothing, and the module is absent",
  );
});
