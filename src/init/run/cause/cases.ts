/**
 * How tools that prepare nodes end when they fail, a case for each kind: lines (those that begin with
 * `!` on stderr, without it), and what the cause has to contain.
 */
export type Case = {
  readonly kind: string;
  readonly lines: readonly string[];
  readonly cause: string;
  readonly fix?: string;
  /** What must not be in the cause. */
  readonly not?: string;
};

export const CASES: readonly Case[] = [
  {
    kind: "an error, then what to do",
    lines: [
      "!ERROR: hugepages are not reserved: nr_hugepages is 0",
      "!Please reserve them and run this again.",
    ],
    cause: "hugepages are not reserved: nr_hugepages is 0",
    fix: "Please reserve them and run this again",
  },
  {
    kind: "an error on stdout, progress on stderr",
    lines: ["!Checking disks...", "ERROR: no disk of 100 GiB", "!checked 4 of 9"],
    cause: "no disk of 100 GiB",
  },
  {
    kind: "apt: a package that does not exist",
    lines: [
      "Reading package lists...",
      "!E: Unable to locate package nvme-tool",
      "!W: Some index files failed to download. They have been ignored, or old ones used instead.",
    ],
    cause: "Unable to locate package nvme-tool",
    not: "W:",
  },
  {
    kind: "a shell's trace behind the error",
    lines: [
      "!mkdir: cannot create directory '/opt/x': Read-only file system",
      "!+ rm -rf /tmp/x",
      "!+ exit 1",
    ],
    cause: "cannot create directory '/opt/x': Read-only file system",
    not: "rm -rf",
  },
  {
    kind: "a trap that reports the end",
    lines: [
      "!modprobe: FATAL: Module dm_thin not found in directory /lib/modules/6.1.0",
      "Cleaning up",
      "Done.",
    ],
    cause: "Module dm_thin not found in directory /lib/modules/6.1.0",
    not: "Done",
  },
  {
    kind: "decoration around it",
    lines: ["==========", "!*** Error: the clock is 40 s off ***", "=========="],
    cause: "the clock is 40 s off",
    not: "==",
  },
  {
    kind: "a Python traceback",
    lines: [
      "!Traceback (most recent call last):",
      '!  File "/opt/prepare.py", line 7, in <module>',
      "!    open('/etc/x/conf')",
      "!PermissionError: [Errno 13] Permission denied: '/etc/x/conf'",
    ],
    cause: "PermissionError: [Errno 13] Permission denied: '/etc/x/conf'",
    not: "line 7",
  },
  {
    kind: "a Node.js exception",
    lines: [
      "!/opt/check.js:3",
      "!throw new Error('no free port in 9100-9200');",
      "!^",
      "!Error: no free port in 9100-9200",
      "!    at Object.<anonymous> (/opt/check.js:3:7)",
      "!Node.js v20.11.1",
    ],
    cause: "no free port in 9100-9200",
    not: "Node.js",
  },
  {
    kind: "a Go panic",
    lines: [
      "!panic: runtime error: invalid memory address or nil pointer dereference",
      "!goroutine 1 [running]:",
      "!main.main()",
      "!\t/src/main.go:12 +0x1d",
      "!exit status 2",
    ],
    cause: "invalid memory address or nil pointer dereference",
    not: "goroutine",
  },
  {
    kind: "a JSON log",
    lines: [
      '!{"level":"info","msg":"looking at the node"}',
      '!{"level":"error","msg":"cannot reach the registry","error":"dial tcp 10.0.0.9:443: i/o timeout"}',
      '!{"level":"info","msg":"shutting down"}',
    ],
    cause: "cannot reach the registry",
    not: "shutting down",
  },
  {
    kind: "a logfmt log",
    lines: [
      '!time=2026-11-25T01:00:00Z level=error msg="cannot mount /data" err="no such device"',
      '!time=2026-11-25T01:00:01Z level=info msg="bye"',
    ],
    cause: "cannot mount /data",
    not: "bye",
  },
  {
    kind: "klog",
    lines: [
      "!I1125 01:00:00.000000       1 main.go:20] starting",
      "!E1125 01:00:01.000000       1 main.go:31] the node has no label zone",
    ],
    cause: "the node has no label zone",
    not: "main.go",
  },
  {
    kind: "a list of results with a total",
    lines: [
      "[ OK ] swap is off",
      "[FAIL] br_netfilter is not loaded",
      "[ OK ] cgroup v2",
      "STATUS: 2 (fail)",
    ],
    cause: "br_netfilter is not loaded",
    not: "STATUS",
  },
  {
    kind: "success before a silent failure",
    lines: ["multipath ok", "all loaded"],
    cause: "",
  },
  {
    kind: "make",
    lines: [
      "!cc: error: unrecognized command-line option '-fno'",
      "!make: *** [Makefile:4: all] Error 1",
    ],
    cause: "unrecognized command-line option '-fno'",
    not: "Makefile",
  },
  {
    kind: "a wrapper's complaint behind its child's",
    lines: [
      "!mount: /mnt/x: wrong fs type, bad option, bad superblock on /dev/sdq1.",
      "!prepare.sh: command failed with exit status 32",
    ],
    cause: "wrong fs type, bad option, bad superblock on /dev/sdq1",
  },
  {
    kind: "a list below a line that ends in a colon",
    lines: ["!missing tools:", "!  - iscsiadm", "!  - multipath"],
    cause: "missing tools: iscsiadm",
  },
  {
    kind: "usage behind the error",
    lines: [
      "!mkfs.xfs: invalid option -- 'q'",
      "!Usage: mkfs.xfs [options] device",
      "!  -f  force",
      "!  -L  label",
    ],
    cause: "invalid option -- 'q'",
    not: "force",
  },
  {
    kind: "curl's meter on the error's line",
    lines: [
      "!  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0curl: (6) Could not resolve host: pkg.example",
    ],
    cause: "curl: (6) Could not resolve host: pkg.example",
    not: "--:--",
  },
  {
    kind: "colours, and a line that is written over",
    lines: ["!  10%\r  90%\r\u001b[31mError: checksum of disk.img does not match\u001b[0m"],
    cause: "checksum of disk.img does not match",
    not: "90%",
  },
  {
    kind: "jq: the program that it cannot read is below the error",
    lines: [
      "!jq: error: syntax error, unexpected $end (Unix shell quoting issues?) at <top-level>, line 1:",
      "!.a |",
      "!jq: 1 compile error",
    ],
    cause: "syntax error, unexpected $end",
    not: "compile error",
  },
  {
    kind: "a linker's error before the compiler's",
    lines: [
      "!/usr/bin/ld: /tmp/ccAb12.o: in function `main':",
      "!<stdin>:(.text+0x5): undefined reference to `setup_pool'",
      "!collect2: error: ld returned 1 exit status",
    ],
    cause: "undefined reference to `setup_pool'",
    not: "exit status",
  },
];
