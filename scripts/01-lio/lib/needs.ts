import { failureOf, type Failure } from "../../../src/lib/failure/failure.ts";
import { LIO } from "../../../src/lib/failure/topics/lio.ts";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { LIO_MODULES, type ModuleName, type Need } from "../../../src/lib/linux/modules/known.ts";

export type Needs = {
  /** In the order of loading. */
  readonly modules: readonly Need[];
  readonly warnings: readonly Failure[];
};

/**
 * The modules that a node version needs. From 2.7 on TCMU (target_core_user and uio) is mandatory
 * and target_core_file not needed; before, TCMU is optional, mandatory with FORCE_TCMU and left out
 * with DISABLE_TCMU. A node without a version counts as older than 2.7.
 */
export function neededModules(env: Record<string, string | undefined>): Result<Needs, Failure> {
  const disabled = readSwitch(env, "DISABLE_TCMU");
  const forced = readSwitch(env, "FORCE_TCMU");
  if (!disabled.ok) return disabled;
  if (!forced.ok) return forced;
  const version = env["NODE_VERSION"];
  const always = isFrom27(version);
  if (!always && disabled.value && forced.value) {
    const why =
      "cannot determine whether TCMU is required: DISABLE_TCMU and FORCE_TCMU are both true";
    return fail(failureOf(LIO, "TcmuSettingInvalid", { why, advice: "Unset one of them" }));
  }
  const base = [need("configfs", true), need("target_core_mod", true), need("tcm_loop", true)];
  const file = always ? [] : [need("target_core_file", true)];
  const tcmu = always || forced.value;
  const user = disabled.value && !always ? [] : [need("uio", tcmu), need("target_core_user", tcmu)];
  const warnings =
    always && disabled.value
      ? [failureOf(LIO, "TcmuSettingIgnored", { version: version ?? "" })]
      : [];
  return ok({ modules: [...base, ...file, ...user], warnings });
}

function need(name: ModuleName, mandatory: boolean): Need {
  return { name, mandatory, ...LIO_MODULES[name] };
}

function isFrom27(version: string | undefined): boolean {
  const [major = 0, minor = 0] = (version ?? "").split(".").map(Number);
  return major > 2 || (major === 2 && minor >= 7);
}

/** The operators write these as Go prints and reads a bool (strconv.ParseBool). */
function readSwitch(
  env: Record<string, string | undefined>,
  name: string,
): Result<boolean, Failure> {
  const value = env[name] ?? "";
  if (/^(?:1|t|T|TRUE|true|True)$/.test(value)) return ok(true);
  if (/^(?:|0|f|F|FALSE|false|False)$/.test(value)) return ok(false);
  const why = `cannot read ${name}=${value}: it is neither true nor false`;
  return fail(failureOf(LIO, "TcmuSettingInvalid", { why, advice: "Set it to true or false" }));
}
