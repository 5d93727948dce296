import { existsSync } from "node:fs";
import type { Environment } from "../../lib/environment.ts";
import type { Failure } from "../../lib/failure/failure.ts";
import { createRedact, redactStart, secretsIn } from "../../lib/text/redact.ts";
import type { Tail } from "./outcome.ts";
import { TAIL_BYTES } from "./transcript.ts";

/** What of an outcome may leave the node. */
export type Redaction = {
  readonly failures: (failures: readonly Failure[]) => readonly Failure[];
  readonly text: (text: string) => string;
  readonly tail: (tail: Tail) => Tail;
};

/** @param env of the scripts, whose secrets they may have printed */
export function createRedaction(env: Environment): Redaction {
  const secrets = secretsIn(env, existsSync);
  const redact = createRedact(secrets);
  return {
    text: redact,
    failures: (failures) => failures.map(redactFailure),
    tail: ({ stdout, stderr }) => ({ stdout: redactTail(stdout), stderr: redactTail(stderr) }),
  };

  function redactFailure(failure: Failure): Failure {
    const params = Object.entries(failure.params).map(([name, value]) => [name, redact(value)]);
    return {
      ...failure,
      cause: redact(failure.cause),
      fix: redact(failure.fix),
      params: Object.fromEntries(params) as Failure["params"],
      ...(failure.link === undefined ? {} : { link: redact(failure.link) }),
    };
  }

  function redactTail(bytes: Uint8Array): Uint8Array {
    const text = new TextDecoder().decode(bytes);
    const isCut = bytes.length >= TAIL_BYTES;
    const redacted = redact(isCut ? redactStart(text, secrets) : text);
    return redacted === text ? bytes : new TextEncoder().encode(redacted);
  }
}
