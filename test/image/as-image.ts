import { dirname, resolve } from "node:path";
import { INIT, runInit, type Ended } from "../run-init.ts";
import { temporaryDirectory } from "../temporary.ts";

/** This machine's root directory, and in it /init, /entrypoint, /scripts and a directory for bun. */
const AS_IMAGE = `
root=$1 dist=$2 entrypoint=$3; shift 4
mount -t tmpfs none "$root" && cd "$root"
for name in /*; do
  if [ -L "$name" ]; then cp -P "$name" .
  elif [ -d "$name" ] && [ "$name" != /scripts ]; then
    mkdir ".$name"
    case $name in /proc | /sys | /dev) mount --rbind "$name" ".$name" ;; *) mount --bind "$name" ".$name" ;; esac
  fi
done
mkdir -p scripts usr-bun/bin
mount --bind "$dist/scripts" scripts
cp "$entrypoint" entrypoint
touch init && mount --bind "$dist/init" init
cp "$dist/bin/bun" usr-bun/bin/bun && ln -s /init usr-bun/init
exec chroot . env "$@"
`;

const ENTRYPOINT = resolve(import.meta.dir, "../../image/entrypoint");

/**
 * Runs the image's entrypoint as a container does, with dist/init as /init and bundled scripts in
 * /scripts; needs root.
 * @param words what follows the entrypoint: the image's CMD or a pod's args
 * @param variables what the pod sets; nothing but the entrypoint and what it starts gets them
 */
export async function runAsImage(
  words: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const set = { PATH: `/usr-bun/bin:${process.env["PATH"]}`, ...variables };
  const assignments = Object.entries(set).map(([name, value]) => `${name}=${value}`);
  const root = temporaryDirectory("image-root");
  return runInit([...assignments, "/entrypoint", ...words], {
    wrap: ["unshare", "--mount", "bash", "-c", AS_IMAGE, "bash", root, dirname(INIT), ENTRYPOINT],
  });
}
