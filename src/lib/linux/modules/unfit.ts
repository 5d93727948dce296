import { join } from "node:path";
import { readOsRelease } from "./os-release.ts";
import { packageHint } from "./package-hint.ts";
import { type Fault, type Suspect, quote } from "./finding.ts";

/** The module file is of another build than the running kernel. */
export function foreignBuild({ host, module, log }: Suspect): Fault | undefined {
  const complaint = log.findLast(
    (line) =>
      line.startsWith(`${module.name}: `) &&
      /Unknown symbol|version magic|disagrees about version|no symbol version/.test(line),
  );
  if (complaint === undefined) return undefined;
  const advice = packageHint(readOsRelease(host), host.release);
  const about = { kernel: host.release, evidence: quote(complaint), advice };
  return { code: "ModuleOfOtherKernel", about };
}

/** The module file is truncated or otherwise broken. */
export function damagedFile({ host, indexed, stderr, log }: Suspect): Fault | undefined {
  const broken = /Exec format error|Invalid argument|Input\/output error/;
  if (indexed === undefined || !broken.test(stderr)) return undefined;
  const logged = log.findLast((line) => /ELF|truncat|module/i.test(line));
  const evidence =
    logged === undefined ? quote(stderr) : `${quote(stderr)}; kernel log: ${quote(logged)}`;
  const file = join(host.modules, host.release, indexed.file);
  const advice = packageHint(readOsRelease(host), host.release);
  return { code: "ModuleDamaged", about: { file, evidence, advice } };
}
