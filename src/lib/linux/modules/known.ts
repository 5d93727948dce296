import type { KernelModule } from "./modules.ts";

/** A module that is needed. */
export type Need = KernelModule & {
  /** Whether nothing works without it. */
  readonly mandatory: boolean;
  /** Other modules that it cannot work without, beside those that its index names. */
  readonly requires: readonly string[];
};

/** The modules of Linux-IO, with what the kernel's build options call them. */
export const LIO_MODULES = {
  configfs: { option: "CONFIG_CONFIGFS_FS", requires: [] },
  target_core_mod: { option: "CONFIG_TARGET_CORE", requires: ["configfs"] },
  tcm_loop: { option: "CONFIG_LOOPBACK_TARGET", requires: ["target_core_mod"] },
  target_core_file: { option: "CONFIG_TCM_FILEIO", requires: ["target_core_mod"] },
  uio: { option: "CONFIG_UIO", requires: [] },
  target_core_user: { option: "CONFIG_TCM_USER2", requires: ["target_core_mod", "uio"] },
} as const;

export type ModuleName = keyof typeof LIO_MODULES;

/** A module by its name, with its build option if it is one of these. */
export function kernelModule(name: string): KernelModule {
  const known: Readonly<Record<string, { readonly option: string }>> = LIO_MODULES;
  return { name, option: known[name]?.option };
}
