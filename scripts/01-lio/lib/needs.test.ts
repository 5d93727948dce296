import { expect, test } from "bun:test";
import { neededModules } from "./needs.ts";

/** Mandatory modules plain, optional ones in brackets. */
function needs(env: Record<string, string>): string {
  const needed = neededModules(env);
  if (!needed.ok) return needed.error.code;
  return needed.value.modules
    .map(({ name, mandatory }) => (mandatory ? name : `[${name}]`))
    .join(" ");
}

const CORE = "configfs target_core_mod tcm_loop";

test.each([
  ["1.5.4", `${CORE} target_core_file [uio] [target_core_user]`],
  ["2.6.9", `${CORE} target_core_file [uio] [target_core_user]`],
  ["2.7.0-rc.1", `${CORE} uio target_core_user`],
  ["2.10.0", `${CORE} uio target_core_user`],
  ["3.0.0", `${CORE} uio target_core_user`],
  ["", `${CORE} target_core_file [uio] [target_core_user]`],
])("node version %p", (version, expected) => {
  expect(needs({ NODE_VERSION: version })).toBe(expected);
});

test.each([
  [{ DISABLE_TCMU: "true" }, `${CORE} target_core_file`],
  [{ FORCE_TCMU: "1" }, `${CORE} target_core_file uio target_core_user`],
  [{ DISABLE_TCMU: "false", FORCE_TCMU: "F" }, `${CORE} target_core_file [uio] [target_core_user]`],
  [{ NODE_VERSION: "2.7.0", DISABLE_TCMU: "true" }, `${CORE} uio target_core_user`],
])("switches %p", (env, expected) => {
  expect(needs(env as Record<string, string>)).toBe(expected);
});

test("DISABLE_TCMU has no effect from 2.7 on, and that is told", () => {
  const needed = neededModules({ NODE_VERSION: "2.8.1", DISABLE_TCMU: "true" });
  expect(needed.ok && needed.value.warnings).toEqual([
    {
      code: "TcmuSettingIgnored",
      cause: "DISABLE_TCMU has no effect: node 2.8.1 needs TCMU",
      fix: "Unset DISABLE_TCMU",
      params: { version: "2.8.1" },
    },
  ]);
});

test("contradicting and unreadable switches are errors", () => {
  expect(neededModules({ DISABLE_TCMU: "true", FORCE_TCMU: "true" })).toMatchObject({
    ok: false,
    error: {
      code: "TcmuSettingInvalid",
      cause: "cannot determine whether TCMU is required: DISABLE_TCMU and FORCE_TCMU are both true",
      fix: "Unset one of them",
    },
  });
  expect(neededModules({ FORCE_TCMU: "yes" })).toMatchObject({
    ok: false,
    error: { cause: "cannot read FORCE_TCMU=yes: it is neither true nor false" },
  });
});
