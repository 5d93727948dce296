/** Lines that say that something ended or failed, and not why. */
import { row, type Rule } from "../rule.ts";

/** What ends, and nothing more. */
export const ENDS: readonly Rule[] = [
  row("end", "jq", /^jq: \d+ compile errors?$/, "jq 1.6: behind the error and the program"),
  row(
    "end",
    "ends",
    /^(?:abort(?:ing|ed)?|exit(?:ing|ed)?|quit(?:ting)?|giving up|terminat(?:ing|ed)|bye|goodbye|done|finished|stop(?:ping|ped)?|failed|failure|error|fatal|oops|installation aborted)\b ?(?:now|script|program|installation|installer|setup|run|the \w+)?[.!… ]*$/i,
    "common in scripts",
  ),
  row(
    "end",
    "statuses",
    /^(?:(?:the )?\w+ )?(?:exit(?:ing|ed|s)?|return(?:ing|ed)?|finished|ended|terminated|completed|failed)? ?(?:with )?(?:an? )?(?:non-?zero )?(?:error )?(?:exit )?(?:code|status|rc)?[ :=(]*\d{1,3}\)?[.! ]*$/i,
    "common in scripts; `exit status 2` is go run's",
  ),
  row(
    "end",
    "clean-up",
    /^(?:clean(?:ing)?[ -]?up|cleanup|removing temporary|rolling back|roll(?:ing|ed) ?back|restoring|shutting down|reverting|unmounting|deleting temporary|tearing down)\b/i,
    "traps in scripts",
  ),
];

/** What followed from an error before it. */
export const CONSEQUENCES: readonly Rule[] = [
  row(
    "consequence",
    "wrappers",
    /(?:returned|exited|failed|terminated|finished|died|ended|completed) with (?:an? )?(?:non-?zero |error |exit |return )*(?:code|status|value|rc|\d)/i,
    "whoever started the command that failed",
  ),
  row(
    "consequence",
    "wrappers",
    /returned (?:a )?non-?zero|returned (?:error )?(?:exit )?(?:status|code) \d|exit(?:ed with)?(?: status| code)? \d{1,3}[).]?$/i,
    "CalledProcessError of CPython, dpkg, ShellError of Bun",
  ),
  row(
    "consequence",
    "wrappers",
    /\breturned \d{1,3} exit status$/i,
    "collect2 of GCC, about ld(1)",
  ),
  row(
    "consequence",
    "ERR traps",
    /^(?:error|failed|failure|failing)?,?:? ?(?:occurred |happened )?(?:on|at|in|near) line:? ?\d+\b/i,
    "trap '…$LINENO…' ERR",
  ),
  row(
    "consequence",
    "attempts",
    /\b(?:giving up|gave up) after \d|\b(?:attempt|try|retry) \d+\b.*(?:failed|retrying)|\bretrying\b|\bwill retry\b|\btrying again\b|\bno more retries\b/i,
    "loops around a command",
  ),
  row(
    "consequence",
    "make",
    /^g?make(?:\[\d+\])?: (?:\*\*\* )?\[.*\] (?:Error \d|Killed|Terminated)/,
    "GNU make: a recipe failed",
  ),
  row(
    "consequence",
    "make",
    /^g?make(?:\[\d+\])?: Target .* not remade because of errors/,
    "GNU make, --keep-going",
  ),
  row(
    "consequence",
    "tar",
    /^tar(?: \(child\))?: (?:Child returned status|Error is not recoverable|Exiting with failure status)/,
    "tar(1)",
  ),
  row(
    "consequence",
    "readers of a pipe",
    /(?:unexpected end of file|unexpected EOF|premature end|unexpected end of (?:input|JSON|stream)|no data|empty (?:input|reply|response)|write error: broken pipe|does not look like a tar archive|stdin: not in gzip format|no valid OpenPGP data found|missing (?:operand|module or filename))/i,
    "gzip, tar, jq, gpg, xargs: the first of the pipe failed",
  ),
  row(
    "consequence",
    "apt",
    /^(?:Couldn't find any package by (?:glob|regex)|Unable to acquire the dpkg (?:frontend )?lock|Unable to lock (?:directory|the administration)|Unable to fetch some archives|Some files failed to download|Some index files failed|Sub-process .* returned an error code|Unable to correct problems)/,
    "apt-get(8)",
  ),
  row(
    "consequence",
    "dpkg",
    /^(?:dpkg: error processing |Errors were encountered while processing|dpkg-deb --\w+ subprocess|.*installed .* script subprocess returned error)/,
    "dpkg(1): which package an error was about",
  ),
  row("consequence", "mdadm", /assembly aborted$|^mdadm: create aborted/, "mdadm(8)"),
  row(
    "consequence",
    "openssl",
    /^(?:error .*: verification failed$|Unable to load (?:certificate|Private Key|Public Key)$|connect:errno=\d+$|[0-9A-F]{8,16}:error:)/i,
    "openssl(1): the error queue is more of the error before it",
  ),
  row(
    "consequence",
    "systemd",
    /^Failed to connect to bus: Host is down$/,
    "systemctl(1) where systemd does not run, behind the reason",
  ),
  row(
    "consequence",
    "gpg",
    /^gpg: (?:verify signatures|decrypt_message|import from .*|keyserver receive|no valid) ?.*failed/,
    "gpg(1)",
  ),
  row("consequence", "rsync", /^rsync error: /, "rsync(1)"),
  row(
    "consequence",
    "perl",
    /^(?:BEGIN failed--|Compilation failed in require|Execution of .* aborted due to)/,
    "perldiag(1)",
  ),
  row(
    "consequence",
    "git",
    /^fatal: (?:Could not read from remote repository|clone of .* failed|the remote end hung up|early EOF|fetch-pack: |index-pack failed)/,
    "git(1)",
  ),
  row(
    "consequence",
    "npm",
    /^(?:Lifecycle script|Exit status \d|Failed at the .* script|command failed$)/,
    "npm/cli",
  ),
  row("consequence", "etcdctl", /^unhealthy cluster$/, "etcdctl endpoint health"),
  row("consequence", "sgdisk", /^The specified file does not exist!$/, "sgdisk(8)"),
  row("consequence", "update-initramfs", /^update-initramfs: failed for /, "update-initramfs(8)"),
  row("consequence", "Go's command", /^(?:exit status \d+|FAIL\b.*)$/, "go run, go test"),
  row(
    "consequence",
    "docker",
    /^(?:ERROR: )?failed to (?:solve|build):? .*exit code: \d+$/,
    "docker build",
  ),
  row(
    "consequence",
    "clean-up after an error",
    /^(?:umount|rmdir|rm|losetup|kill|pkill|killall|dmsetup|vgchange|cryptsetup): .*(?:not mounted|no mount point|not found|no such|no process|cannot remove|busy|not active|directory not empty)/i,
    "traps that clean up what was not made",
  ),
];
