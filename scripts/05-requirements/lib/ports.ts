import { failureOf } from "../../../src/lib/failure/failure.ts";
import { RESOURCES } from "../../../src/lib/failure/topics/resources.ts";
import type { Port } from "../../../src/lib/linux/checks/host-ports.ts";
import {
  findTaken,
  fixFor,
  listTaken,
  parsePorts,
  type TakenPort,
} from "../../../src/lib/linux/checks/ports.ts";
import { fail, ok, type Result } from "../../../src/lib/result.ts";
import { count } from "../../../src/lib/text/show.ts";
import {
  combine,
  failure,
  type Finding,
  met,
  type Unmet,
  warning,
} from "../../../src/lib/linux/checks/finding.ts";
import { type Environment, readList, unusable } from "./settings.ts";

const PORTS = "5701,5703-5705,5710,5711,5711/udp";
const VOLUME_PORTS = "25705-25960";

/** Whether the ports that the node listens on are free; of those for shared volumes each serves one volume. */
export function checkPorts(env: Environment): Finding {
  const ports = readPorts(env, "STORAGEOS_PORTS", PORTS);
  const volumePorts = readPorts(env, "STORAGEOS_VOLUME_PORTS", VOLUME_PORTS);
  if (!ports.ok) return ports.error;
  if (!volumePorts.ok) return volumePorts.error;
  return judgePorts({
    needed: ports.value.length,
    taken: findTaken(ports.value),
    ofVolumes: volumePorts.value.length,
    takenOfVolumes: findTaken(volumePorts.value),
  });
}

export type Ports = {
  readonly needed: number;
  readonly taken: readonly TakenPort[];
  readonly ofVolumes: number;
  readonly takenOfVolumes: readonly TakenPort[];
};

/** A port that this pod's own main container holds counts as free: an init container may run again. */
export function judgePorts({ needed, taken, ofVolumes, takenOfVolumes }: Ports): Finding {
  const foreign = taken.filter(({ holder }) => holder?.isOwnPod !== true);
  const foreignOfVolumes = takenOfVolumes.filter(({ holder }) => holder?.isOwnPod !== true);
  const free = met(`${count(needed, "port")} and ${ofVolumes} for shared volumes free`);
  if (foreign.length === 0 && foreignOfVolumes.length === 0) return free;
  return combine([
    foreign.length === 0
      ? free
      : failure(
          failureOf(RESOURCES, "PortInUse", {
            ports: listTaken(foreign),
            advice: fixFor(foreign),
          }),
        ),
    foreignOfVolumes.length === 0
      ? free
      : warning(
          failureOf(RESOURCES, "VolumePortsInUse", {
            amount: String(foreignOfVolumes.length),
            all: count(ofVolumes, "port"),
            ports: listTaken(foreignOfVolumes),
            advice: fixFor(foreignOfVolumes),
          }),
        ),
  ]);
}

/** Reads `5701,5703-5705,5711/udp`; a port without a protocol is TCP. */
export function readPorts(
  env: Environment,
  name: string,
  fallback: string,
): Result<readonly Port[], Unmet> {
  const words = readList(env, name, fallback);
  const ports = words.map(parsePorts);
  if (ports.includes(undefined)) {
    return fail(
      unusable(name, words.join(","), "ports, ranges, and /udp behind those of UDP", fallback),
    );
  }
  return ok(ports.flatMap((some) => some ?? []));
}
