import { failureOf } from "../../../src/lib/failure/failure.ts";
import { RESOURCES } from "../../../src/lib/failure/topics/resources.ts";
import { type Dirent, readdirSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  containingMount,
  nearestExisting,
} from "../../../src/lib/linux/checks/containing-mount.ts";
import { readMounts } from "../../../src/lib/linux/mountinfo.ts";
import {
  combine,
  failure,
  type Finding,
  met,
  warning,
} from "../../../src/lib/linux/checks/finding.ts";
import { type Environment, readBytes, readList, readString } from "./settings.ts";
import { roomIn } from "../../../src/lib/linux/checks/room.ts";

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
  const room = roomIn(places, needed.bytes);
  if (room.ok) return met(room.value);
  return (holdsData ? warning : failure)(room.error);
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
