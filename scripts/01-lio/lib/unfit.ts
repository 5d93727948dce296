import { join } from "node:path";
import { readOsRelease } from "./os-release.ts";
import { packageHint } from "./package-hint.ts";
import { type Explanation, type Suspect, quote } from "./finding.ts";

/** The module file is of another build than the running kernel. */
export function foreignBuild({ host, module, log }: Suspect): Explanation | undefined {
  const complaint = log.findLast(
    (line) =>
      line.startsWith(`${module.name}: `) &&
      /Unknown symbol|version magic|disagrees about version|no symbol version/.test(line),
  );
  if (complaint === undefined) return undefined;
  return {
    cause: `it does not fit the running kernel ${host.release} (kernel log: ${quote(complaint)})`,
    fix: `${packageHint(readOsRelease(host), host.release)}, so that kernel and modules are of one build; if the kernel was updated, reboot the node`,
  };
}

/** The module file is truncated or otherwise broken. */
export function damagedFile({ host, indexed, stderr, log }: Suspect): Explanation | undefined {
  const broken = /Exec format error|Invalid argument|Input\/output error/;
  if (indexed === undefined || !broken.test(stderr)) return undefined;
  const logged = log.findLast((line) => /ELF|truncat|module/i.test(line));
  const evidence =
    logged === undefined ? quote(stderr) : `${quote(stderr)}; kernel log: ${quote(logged)}`;
  return {
    cause: `${join(host.modules, host.release, indexed.file)} is damaged or no module for this kernel (${evidence})`,
    fix: packageHint(readOsRelease(host), host.release),
  };
}
