const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /gm;

/** On a busy machine a run may have to wait for its disk, and then says so. */
const WAITING = /^(.*"|\S+Z |init: )?waiting for the disk of .*\n/gm;

/** A log without the line that depends on how busy the machine is. */
export function unhurried(stderr: Buffer | string): string {
  return stderr.toString().replaceAll(WAITING, "");
}

/** A text log for comparing: each line's time (RFC 3339, in UTC) becomes `T`. */
export function timeless(stderr: Buffer | string): string {
  return unhurried(stderr).replaceAll(TIME, "T ");
}

/** The lines that init itself said, without their time and without the closing table. */
export function said(stderr: Buffer | string): readonly string[] {
  return allSaid(unhurried(stderr));
}

/** The same, with the line that depends on how busy the machine is. */
export function allSaid(stderr: Buffer | string): readonly string[] {
  return stderr
    .toString()
    .replaceAll(TIME, "T ")
    .split("\n")
    .filter((line) => line.startsWith("T "))
    .map((line) => line.slice(2));
}

/** The closing table: script, outcome and why; the duration is checked and left out. */
export function closingTable(stderr: Buffer | string): readonly (readonly string[])[] {
  const lines = stderr.toString().trimEnd().split("\n");
  const header = lines.findLastIndex((line) => /^SCRIPT +OUTCOME +DURATION/.test(line));
  if (header < 0) throw new Error(`no closing table in: ${stderr.toString()}`);
  const after = lines.slice(header + 1);
  const end = after.findIndex((line) => /^\d{4}-\d\d-\d\dT/.test(line));
  return after.slice(0, end < 0 ? after.length : end).map((line) => {
    const [script = "", outcome = "", duration = "", why] = line.split(/ {2,}/);
    if (!/^(-|(\d+(\.\d+)?(ms|s|m|h))+)$/.test(duration)) throw new Error(`no duration: ${line}`);
    return why === undefined ? [script, outcome] : [script, outcome, why];
  });
}
