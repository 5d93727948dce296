import type { OsRelease } from "./os-release.ts";

/**
 * What to do on a host whose running kernel lacks a module file: which package of its distribution
 * brings it. One sentence without its full stop. Sources: the distributions' package contents and
 * the prerequisites that StorageOS and Ondat documented.
 */
export function packageHint(os: OsRelease, release: string): string {
  const image = imageHint(os);
  if (image !== undefined) return image;
  switch (family(os)) {
    case "ubuntu":
      return ubuntuHint(release);
    case "debian":
      return `Run "apt-get install --reinstall linux-image-${release}" on the node`;
    case "amazon":
      return amazonHint(os, release);
    case "rhel":
      return rhelHint(os, release);
    case "suse":
      return suseHint(os, release);
    case "other":
      break;
  }
  return `Install the package of ${os.prettyName} that holds all modules of kernel ${release}`;
}

/** What to do on a host whose running kernel is built without an option; as `packageHint`. */
export function kernelHint(os: OsRelease, release: string, option: string): string {
  if (family(os) === "amazon") return packageHint(os, release);
  return (
    imageHint(os) ?? `Boot a kernel built with ${option}=m, such as the distribution's standard one`
  );
}

/** For distributions whose kernel and modules are one image without packages; else undefined. */
function imageHint({ id, prettyName }: OsRelease): string | undefined {
  switch (id) {
    case "bottlerocket":
      return `The modules are part of the image of ${prettyName}: update the node to a current release of Bottlerocket`;
    case "flatcar":
      return `The modules are part of the image of ${prettyName}: update the node ("update_engine_client -update") and reboot it`;
    case "cos":
      return `The modules are part of the image of ${prettyName}: use a node image that has them, on GKE UBUNTU_CONTAINERD`;
    default:
      return undefined;
  }
}

type Family = "ubuntu" | "debian" | "amazon" | "rhel" | "suse" | "other";

function family({ id, idLike }: OsRelease): Family {
  const names = [id, ...idLike];
  if (id === "amzn") return "amazon";
  if (names.includes("ubuntu")) return "ubuntu";
  if (names.includes("debian")) return "debian";
  if (names.some((name) => /^(?:rhel|rhcos|centos|fedora)$/.test(name))) return "rhel";
  return names.some((name) => /suse|^sl/.test(name)) ? "suse" : "other";
}

/** The package was called linux-image-extra before kernel 4.15; a cloud's kernel has a metapackage of its own. */
function ubuntuHint(release: string): string {
  const [major = 0, minor = 0] = release.split(".").map(Number);
  const extra =
    major > 4 || (major === 4 && minor >= 15) ? "linux-modules-extra" : "linux-image-extra";
  const flavour = release.replace(/^[\d.]+-\d+-/, "");
  const install = `Run "apt-get install ${extra}-${release}" on the node`;
  if (extra === "linux-image-extra" || !/^(?:aws|azure|gcp)$/.test(flavour)) return install;
  return `${install}, and ${extra}-${flavour} so that the next kernel has them too`;
}

function amazonHint({ versionId }: OsRelease, release: string): string {
  if (versionId === "2") {
    return `Run "yum update kernel" on the node and reboot it (kernels from 5.4.219-126.411.amzn2 on have them)`;
  }
  const stream = release.startsWith("6.1.") ? "kernel" : `kernel${release.split(".", 2).join(".")}`;
  return `Run "dnf install ${stream}-modules-extra-${release}" on the node, or "dnf upgrade ${stream}" and reboot it`;
}

function rhelHint(os: OsRelease, release: string): string {
  if (/\.el7/.test(release)) return `Run "yum reinstall kernel-${release}" on the node`;
  const kind = /[+.]rt/.test(release)
    ? "kernel-rt"
    : release.includes("uek")
      ? "kernel-uek"
      : "kernel";
  const extra = `${kind}-modules-extra-${release.replace(/\+.*$/, "")}`;
  if (os.id === "rhcos" || os.variantId === "coreos") {
    return `Run "rpm-ostree install ${extra}" on the node and reboot it`;
  }
  return `Run "dnf install ${extra}" on the node`;
}

/** kernel-default-base has the same release as kernel-default, but few modules. */
function suseHint({ id }: OsRelease, release: string): string {
  const flavour = release.split("-").at(-1) ?? "default";
  const lacking = `kernel-${flavour}-base lacks them`;
  if (/micro/.test(id)) {
    return `Run "transactional-update pkg install kernel-${flavour}" on the node (${lacking}) and reboot it`;
  }
  return `Run "zypper install kernel-${flavour}" on the node (${lacking}) and reboot it`;
}
