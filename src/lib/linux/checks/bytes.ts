/** Bytes for a person: `3.7 GiB`, `512 MiB`. */
export function gibibytes(bytes: number): string {
  const [amount, unit] = bytes >= 2 ** 30 ? [bytes / 2 ** 30, "GiB"] : [bytes / 2 ** 20, "MiB"];
  return `${Number(amount.toFixed(1))} ${unit}`;
}
