import { readFileSync } from "node:fs";

/** One line of /proc/<pid>/mountinfo, its octal escapes decoded. */
export type Mount = {
  readonly id: number;
  /** The id of the mount it stands on. */
  readonly parent: number;
  /** `major:minor` of the file system. */
  readonly device: string;
  /** The directory of the file system that is seen at the mount point. */
  readonly root: string;
  readonly mountPoint: string;
  readonly options: readonly string[];
  /** Propagation: `shared:N`, `master:N`, `propagate_from:N`, `unbindable`; none if private. */
  readonly optionalFields: readonly string[];
  readonly fsType: string;
  readonly source: string;
  readonly superOptions: readonly string[];
};

/** The mounts that a process sees, oldest first: of two on one mount point the later one is seen. */
export function readMounts(path = "/proc/self/mountinfo"): Mount[] {
  return parseMountinfo(readFileSync(path, "utf8"));
}

/** Reads the text of a mountinfo file (proc_pid_mountinfo(5)); lines of another shape are left out. */
export function parseMountinfo(text: string): Mount[] {
  return text.split("\n").flatMap((line) => parseLine(line) ?? []);
}

function parseLine(line: string): Mount | undefined {
  const fields = line.split(" ");
  const separator = fields.indexOf("-", 6);
  const [id, parent, device, root, mountPoint, options] = fields;
  const [fsType, source, superOptions] = fields.slice(separator + 1);
  if (separator === -1 || root === undefined || mountPoint === undefined) return undefined;
  if (device === undefined || options === undefined) return undefined;
  if (fsType === undefined || source === undefined || superOptions === undefined) return undefined;
  return {
    id: Number(id),
    parent: Number(parent),
    device,
    root: unescapeOctal(root),
    mountPoint: unescapeOctal(mountPoint),
    options: options.split(","),
    optionalFields: fields.slice(6, separator),
    fsType: unescapeOctal(fsType),
    source: unescapeOctal(source),
    superOptions: unescapeOctal(superOptions).split(","),
  };
}

/** The kernel writes space, tab, newline, `\` and `#` as three octal digits. */
function unescapeOctal(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
