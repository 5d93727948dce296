/** What starts a run of init in namespaces of its own; needs root. */
export const isRoot = process.getuid?.() === 0;

/** A mount namespace in which no place for temporary files is writable. */
export const NOTHING_WRITABLE: readonly string[] = [
  "unshare",
  "--mount",
  "bash",
  "-c",
  `for place in "$TMPDIR" /dev/shm /run /dev; do
     mount --bind "$place" "$place" && mount -o remount,ro,bind "$place"
   done
   exec "$@"`,
  "bash",
];

/** A process namespace in which init is PID 1, with its own /proc, as in a container. */
export const AS_PID_1: readonly string[] = [
  "unshare",
  "--pid",
  "--fork",
  "--kill-child",
  "--mount-proc",
];

/** No cgroup v2 that can be written: none is mounted, and the right to mount one is gone. */
export const WITHOUT_CGROUPS: readonly string[] = [
  "unshare",
  "--mount",
  "bash",
  "-c",
  `umount --lazy --recursive /sys/fs/cgroup && exec setpriv --bounding-set=-sys_admin "$@"`,
  "bash",
];
