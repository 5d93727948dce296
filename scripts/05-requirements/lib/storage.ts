import { failureOf } from "../../../src/lib/failure/failure.ts";
import { RESOURCES } from "../../../src/lib/failure/topics/resources.ts";
import { type Dirent, readdirSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { containingMount, nearestExisting } from "./host-containing-mount.ts";
import { readMounts } from "../../../src/lib/linux/mountinfo.ts";
import { combine, failure, type Finding, met, warning } from "./finding.ts";
import { type Environment, readBytes, readList, readString } from "./settings.ts";
import { gibibytes } from "./wording.ts";

/** A file system that data goes to. */
export type Place = {
  readonly directory: string;
  readonly fsType: string;
  readonly isReadOnly: boolean;
  /** In bytes: of the whole, and what a process may still write. */
  readonly size: number;
  readonly free: number;
};

export type Storage = {
  readonly places: readonly Place[];
  /** Whether a node has worked here before. */
  readonly holdsData: boolean;
};

export type NeededStorage = { readonly bytes: number; readonly fsTypes: readonly string[] };

/** Whether there is room for data, on a file system that is supported. */
export function checkStorage(env: Environment): Finding {
  const bytes = readBytes(env, "STORAGEOS_MIN_DISK", "2Gi");
  if (!bytes.ok) return bytes.error;
  const fsTypes = readList(env, "STORAGEOS_FILE_SYSTEMS", "ext4,xfs");
  const directory = readString(env, "STORAGEOS_DATA_DIR", "/var/lib/storageos/data");
  return judgeStorage(findStorage(directory), { bytes: bytes.value, fsTypes });
}

/** Too little room keeps a new node from working; one with data is only warned, as it may go on. */
export function judgeStorage({ places, holdsData }: Storage, needed: NeededStorage): Finding {
  return combine([
    ...places.map((place) => judgePlace(place, needed)),
    judgeRoom(places, holdsData, needed),
  ]);
}

function judgePlace({ directory, fsType, isReadOnly }: Place, { fsTypes }: NeededStorage): Finding {
  if (isReadOnly) {
    return failure(failureOf(RESOURCES, "FileSystemReadOnly", { directory, type: fsType }));
  }
  if (fsTypes.includes(fsType)) return met(`${directory}: ${fsType}`);
  const about = { directory, type: fsType, supported: fsTypes.join(" and ") };
  return warning(failureOf(RESOURCES, "FileSystemUnsupported", about));
}

function judgeRoom(places: readonly Place[], holdsData: boolean, needed: NeededStorage): Finding {
  const size = places.reduce((sum, place) => sum + place.size, 0);
  const free = places.reduce((sum, place) => sum + place.free, 0);
  const about = {
    directory: places.map(({ directory }) => directory).join(" and "),
    free: gibibytes(free),
    size: gibibytes(size),
    wanted: gibibytes(needed.bytes),
  };
  if (free >= needed.bytes) return met(`${about.free} of ${about.size} free`);
  const judge = holdsData ? warning : failure;
  return judge(failureOf(RESOURCES, size < needed.bytes ? "DiskTooSmall" : "DiskTooFull", about));
}

/** The data directory, or what is there of its path, and the disks mounted in it as dev1, dev2, … */
function findStorage(dataDirectory: string): Storage {
  const entries = entriesOf(dataDirectory);
  const disks = entries
    .filter((entry) => entry.isDirectory() && /^dev\d+$/.test(entry.name))
    .map((entry) => join(dataDirectory, entry.name))
    .toSorted();
  const mounts = readMounts();
  const byDevice = new Map(
    [nearestExisting(dataDirectory), ...disks]
      .toReversed()
      .map((path) => [statSync(path).dev, path]),
  );
  return {
    places: [...byDevice.values()].toReversed().map((directory) => {
      const { bsize, blocks, bavail } = statfsSync(directory);
      const mount = containingMount(mounts, directory);
      return {
        directory,
        fsType: mount?.fsType ?? "an unknown file system",
        isReadOnly: [...(mount?.options ?? []), ...(mount?.superOptions ?? [])].includes("ro"),
        size: blocks * bsize,
        free: bavail * bsize,
      };
    }),
    holdsData: entries.length > 0,
  };
}

function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}
