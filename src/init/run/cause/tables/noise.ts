/**
 * Lines that are never the cause, a row for each form. To teach a new one: add a row here and a case
 * to cases/*.json. Rows are tried on the line as it was printed.
 */
import { row, type Rule } from "../rule.ts";

export const NOISE: readonly Rule[] = [
  row(
    "trace",
    "shells",
    /^\++(?: |\(|\[|\S{1,80}:\d+: )/,
    "bash(1), PS4; its first character is doubled for each level",
  ),
  row(
    "noise",
    "decoration",
    /^[\s!#-&*-/:;=>?@\\\]^_`|}~\u2010-\u2bff]+$/,
    "lines without a letter or a digit",
  ),
  row(
    "noise",
    "rulers with a heading",
    /^(-{3,}|={3,}|\*{3,}|#{3,}|>{3,}|~{3,}) ?[^:]{1,80} ?(?:-{2,}|={2,}|\*{2,}|#{2,}|<{2,}|~{2,})$/,
    "common in shell scripts",
  ),
  row("noise", "the kernel's log", /^(?:<\d{1,3}>)?\[ {0,8}\d{1,8}\.\d{6}\] /, "dmesg(1)"),
  row(
    "noise",
    "the kernel's log with dates",
    /^\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d \d{4}\] /,
    "dmesg(1), --ctime",
  ),
  row(
    "noise",
    "the journal",
    /^[A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d \S{1,100} [^\s:]{1,80}: /,
    "journalctl(1), output short; rsyslog's traditional format",
  ),
  row(
    "noise",
    "curl's meter",
    /^(?:% Total|Dload Upload|(?:[\d.]+[kMGTP]? +){6,}[\d-]+:[\d-]+:[\d-]+ )/,
    "curl(1), PROGRESS METER",
  ),
  row(
    "noise",
    "progress bars",
    /^[^\s:]{0,60}:? ?(?:\[[#=>. -]{3,}\]|\d{1,3}(?:\.\d{1,2})?%)(?: |$|\[|\|)/,
    "wget(1), pip, docker, apt",
  ),
  row(
    "noise",
    "dd's figures",
    /^\d+(?:\+\d+ records (?:in|out)$| bytes .*copied)/,
    "dd(1): printed also after an error",
  ),
  row(
    "noise",
    "frames of V8 and Bun",
    /^at .*(?::\d+:\d+\)?|\(native(?: code)?\)|<anonymous>\)?|\[native code\])(?: \{)?$/,
    "v8.dev/docs/stack-trace-api",
  ),
  row(
    "noise",
    "frames of the JVM",
    /^(?:at [\w.$/<>@-]+\(.*\)|\.\.\. \d+ (?:more|common frames omitted))$/,
    "java.lang.Throwable, printStackTrace",
  ),
  row(
    "noise",
    "frames of CPython",
    /^(?:File ".*", line \d+|Traceback \(most recent call last\):$|\+ Exception Group Traceback)/,
    "docs.python.org/3/library/traceback.html",
  ),
  row(
    "noise",
    "chained exceptions of CPython",
    /^(?:During handling of the above|The above) exception\b.*:$/,
    "docs.python.org/3/library/traceback.html",
  ),
  row("noise", "frames of Ruby", /^from \S.*:\d+:in [`']/, "ruby, error.c"),
  row(
    "noise",
    "frames of PHP",
    /^(?:Stack trace:$|#\d+ |thrown in .* on line \d+$)/,
    "php.net/manual/en/exception.gettraceasstring.php",
  ),
  row(
    "noise",
    "frames of Lua",
    /^(?:stack traceback:$|\[C\]: in |\S+:\d+: in (?:main chunk|function|local|upvalue|method|field))/,
    "lua.org/manual/5.4, debug.traceback",
  ),
  row(
    "noise",
    "frames of Tcl",
    /^(?:while executing|invoked from within|\(procedure |\(file ".*" line \d+\))/,
    "tcl, errorInfo",
  ),
  row(
    "noise",
    "frames of Go",
    /^(?:goroutine \d+ |\[signal SIG|created by |\S+\.go:\d+|(?:main|runtime|testing|os|sync|syscall)\.[\w.*()]+\(|[\w.-]+\/[\w./*()-]+\()/,
    "pkg.go.dev/runtime: a panic's trace",
  ),
  row(
    "noise",
    "frames of Rust",
    /^(?:stack backtrace:|note: (?:run with `RUST_|Some details are omitted)|\d+: (?:0x[0-9a-f]+ - |[\w<>{}]+::))/,
    "doc.rust-lang.org/std/backtrace",
  ),
  row(
    "noise",
    "source shown around an error",
    /^(?:\d{1,6} \| |\d{1,6} \|$|\| .*\^|-+> \S+:\d+:\d+|In file included from )/,
    "gcc, rustc, bun",
  ),
  row("noise", "node's list of modules", /^Require stack:$/, "node, MODULE_NOT_FOUND"),
  row(
    "noise",
    "a place alone",
    /^(?:(?:node|file|internal):\S+|\/\S+):\d+$/,
    "node, uncaught exceptions",
  ),
  row(
    "noise",
    "the rest of an inspected value",
    /^(?:[\]})]+[,;]?$|(?:\d{1,3}, ?){4}|\d{1,3}, \d{1,3}$|\.\.\. \d+ more items?)/,
    "util.inspect in node",
  ),
  row(
    "noise",
    "versions of runtimes",
    /^(?:Node\.js v\d|Bun v\d|[\w.-]{2,30} v?\d+\.[\w.]+ \([^()]*\)$)/,
    "node, bun and e2fsprogs print them around errors",
  ),
  row(
    "noise",
    "npm's details",
    /^npm (?:error|ERR!)(?:$| (?:code|errno|syscall|path|command|signal|location|workspace|dest) ?(?:E[A-Z_]+$|-?\d+$|[a-z]+$|\/|sh\b|SIG|\S+@)| \S+$| A complete log| {2}|.* This is (?:related to|a problem related|probably not)|.* is related to npm|.* In most cases you are behind|.* 'proxy' config)/,
    "npm/cli, lib/utils/error-message.js",
  ),
  row(
    "noise",
    "make's directories",
    /^g?make(?:\[\d+\])?: (?:Entering|Leaving) directory /,
    "GNU make, --print-directory",
  ),
  row("noise", "gcc's end", /^compilation terminated\.$/, "gcc, after a fatal error"),
  row(
    "noise",
    "apt's progress",
    /^(?:(?:Ign|Hit|Get|Err):\d+ |Reading |Building dependency tree|\(Reading database|Need to get |After this operation|\d+ upgraded, |Fetched |Some packages could not be installed|requested an impossible|distribution that some|or been moved out|The following )/,
    "apt-get(8)",
  ),
  row(
    "noise",
    "apt on a package it knows of",
    /^(?:This may mean that the package is missing, has been|is only available from another source$)/,
    "apt, apt-private/private-cacheset.cc",
  ),
  row(
    "noise",
    "lvm's warning of descriptors",
    /^(?:File descriptor \d+ \(|Parent PID \d+:)/,
    "lvm2, tools/lvmcmdline.c",
  ),
  row(
    "noise",
    "ansible's headings",
    /^(?:PLAY|TASK|RUNNING HANDLER|PLAY RECAP)\b.*\*{3}|^\S+ +: ok=\d+ /,
    "ansible, the default callback",
  ),
  row(
    "noise",
    "debconf and dpkg-preconfigure",
    /^(?:debconf: (?:delaying|unable to initialize|falling back|\()|dpkg-preconfigure: )/,
    "debconf without a terminal",
  ),
];

/** A property of an error, below it and indented: util.inspect of node and bun. */
export const PROPERTY =
  /^\[?[\w$]{1,40}\]?: (?:["'[{]|-?\d+,?$|null|undefined|true|false|<?Buffer|\w+Array)/;
