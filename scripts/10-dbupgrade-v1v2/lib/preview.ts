/** A dry run: what would be done with the databases of a node, or why it would be refused. */
import type { Failure } from "../../../src/lib/failure/failure.ts";
import { type Result, fail, ok } from "../../../src/lib/result.ts";
import { formatDuration } from "../../../src/lib/text/duration.ts";
import { type Case, lookOn } from "./examine.ts";
import { refusalsOf } from "./refuse.ts";
import type { Printer, Request } from "./request.ts";
import { bytesNeeded } from "./space.ts";
import * as say from "./wording.ts";

/** Measured with two processors (bench/README.md), and doubled: a node has other work, too. */
const MS_PER_KEY = 0.002;
const BYTES_PER_MS = 50_000;

/** Shows the changes. Before that it looks at every key, as the copying would. */
export function previewOf(
  cases: readonly Case[],
  request: Request,
  printer: Printer,
): Result<void, readonly Failure[]> {
  const whole = cases.map((one) =>
    one.decision.do === "upgrade" && one.opened?.keys.isWhole === false
      ? lookOn(one, "all-keys")
      : one,
  );
  const refusals = refusalsOf(whole, request);
  if (refusals.length > 0) return fail(refusals);
  for (const one of whole) show(one, request, printer);
  return ok(undefined);
}

function show(one: Case, { nodeVersion }: Request, { print, warn, wouldChange }: Printer): void {
  const { paths, decision, evidence, unreadable, opened } = one;
  if (unreadable !== undefined) warn(unreadable);
  switch (decision.do) {
    case "nothing":
      print(say.nothingToDo(paths, decision.because, evidence.word));
      return;
    case "warn-v1-left":
      warn(say.v1Left(paths, nodeVersion));
      return;
    case "upgrade": {
      const { keys, bytes = 0 } = opened ?? {};
      const amount = keys?.keys ?? 0;
      const took = formatDuration(
        Math.ceil((amount * MS_PER_KEY + bytes / BYTES_PER_MS) / 1000) * 1000,
      );
      wouldChange(
        `upgrade ${paths.current} to v2: ${amount} keys, ${say.megabytes(bytesNeeded(bytes))} of disk, about ${took}; keep v1 at ${paths.old}`,
      );
      return;
    }
    case "adopt":
      wouldChange(`mark ${paths.current} as v2`);
      return;
    case "keep-old":
      wouldChange(`end an upgrade that was interrupted: keep v1 at ${paths.old}`);
      return;
    case "put-v2-in-place":
      wouldChange(`end an upgrade that was interrupted: put v2 in place at ${paths.current}`);
      return;
    case "put-v1-back":
      wouldChange(`put v1 back at ${paths.current}: an upgrade was interrupted`);
      return;
    case "refuse":
    case "look":
      return;
  }
}
