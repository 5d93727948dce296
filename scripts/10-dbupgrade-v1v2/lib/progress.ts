/** How far the upgrade of one database is, told once in five seconds. */
const INTERVAL_MS = 5000;

export type Progress = { readonly stop: () => void };

/** `bytes` is the database's size, `passes` how often all of it is gone through. */
export function startProgress(
  bytes: number,
  passes: number,
  bytesDone: () => number,
  print: (line: string) => void,
): Progress {
  const started = performance.now();
  const timer = setInterval(() => {
    print(describeProgress(bytesDone(), bytes, passes, performance.now() - started));
  }, INTERVAL_MS);
  return { stop: () => clearInterval(timer) };
}

/** For example `42 %, 95 MB/s, about 1m 20s left`; the speed is that of the upgrade as a whole. */
export function describeProgress(
  done: number,
  bytes: number,
  passes: number,
  elapsedMs: number,
): string {
  const share = bytes === 0 ? 1 : Math.min(done / (bytes * passes), 1);
  const speed = done / passes / 1e6 / (elapsedMs / 1000);
  const told = `${Math.floor(share * 100)} %, ${speed.toFixed(speed < 10 ? 1 : 0)} MB/s`;
  if (share === 0) return told;
  return `${told}, about ${describeSeconds((elapsedMs / share - elapsedMs) / 1000)} left`;
}

function describeSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${whole % 60}s`;
  return `${Math.floor(whole / 3600)}h ${Math.floor((whole % 3600) / 60)}m`;
}
