import { failureOf } from "../../../src/lib/failure/failure.ts";
import { REQUIREMENTS } from "../../../src/lib/failure/topics/requirements.ts";
import { cpus, machine, totalmem } from "node:os";
import {
  combine,
  failure,
  type Finding,
  met,
  warning,
} from "../../../src/lib/linux/checks/finding.ts";
import { type Environment, readBytes, readList, readWholeNumber } from "./settings.ts";
import { count } from "../../../src/lib/text/show.ts";
import { gibibytes } from "../../../src/lib/linux/checks/room.ts";

export type Machine = {
  /** As in `uname -m`. */
  readonly architecture: string;
  readonly cpus: number;
  /** That the kernel can give out, in bytes: less than what is built in. */
  readonly memory: number;
};

export type NeededMachine = {
  readonly architectures: readonly string[];
  readonly cpus: number;
  readonly memory: number;
};

/** How much of the memory that is built in firmware and kernel may keep: a node of 4 GiB shows 3.7. */
const KEPT_BACK = 1 / 8;

/** Whether the machine is of the right kind and large enough. */
export function checkMachine(env: Environment): Finding {
  const needed = readNeeded(env);
  const found = { architecture: machine(), cpus: cpus().length, memory: totalmem() };
  return "verdict" in needed ? needed : judgeMachine(found, needed);
}

function readNeeded(env: Environment): NeededMachine | Finding {
  const architectures = readList(env, "STORAGEOS_ARCHITECTURES", "x86_64");
  const cores = readWholeNumber(env, "STORAGEOS_MIN_CPUS", 2);
  const memory = readBytes(env, "STORAGEOS_MIN_MEMORY", "4Gi");
  if (!cores.ok) return cores.error;
  if (!memory.ok) return memory.error;
  return { architectures, cpus: cores.value, memory: memory.value };
}

/** Another architecture cannot run the programs; a small machine can, slowly. */
export function judgeMachine(found: Machine, needed: NeededMachine): Finding {
  return combine([
    needed.architectures.includes(found.architecture)
      ? met(found.architecture)
      : failure(
          failureOf(REQUIREMENTS, "ArchitectureUnsupported", {
            architecture: found.architecture,
            wanted: needed.architectures.join(" or "),
          }),
        ),
    judgeCpus(found, needed),
    judgeMemory(found, needed),
  ]);
}

function judgeCpus(found: Machine, needed: NeededMachine): Finding {
  const has = count(found.cpus, "CPU");
  if (found.cpus >= needed.cpus) return met(has);
  const about = { cpus: has, wanted: String(needed.cpus) };
  return warning(failureOf(REQUIREMENTS, "CpusTooFew", about));
}

function judgeMemory(found: Machine, needed: NeededMachine): Finding {
  const memory = gibibytes(found.memory);
  if (found.memory >= needed.memory * (1 - KEPT_BACK)) return met(`${memory} of memory`);
  const wanted = gibibytes(needed.memory);
  return warning(failureOf(REQUIREMENTS, "MemoryTooSmall", { memory, wanted }));
}
