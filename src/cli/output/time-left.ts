/** Shortest time to measure a pace. */
export const measuringMs = 1000;

/** Finished and expected work of a scan; null if the whole is not known. */
export interface Work {
  readonly objects: number;
  readonly expectedObjects: number | null;
  readonly bytes: number;
  readonly expectedBytes: number | null;
}

/** The state of a scan when this process began to watch it. */
export interface Begin {
  readonly atMs: number;
  readonly objects: number;
  readonly bytes: number;
}

/**
 * The time left, in words without a precision that it does not have; null if too little was seen.
 * Small files take time by their number, large ones by their bytes: where the two paces differ
 * much, the truth is in between.
 */
export function timeLeft(state: Work, begin: Begin, elapsedMs: number): string | null {
  if (elapsedMs < measuringMs) return null;
  const [objects, bytes] = [state.objects - begin.objects, state.bytes - begin.bytes];
  if (state.expectedObjects === null || state.expectedBytes === null || objects <= 0 || bytes <= 0) return null;
  const byObjects = ((state.expectedObjects - state.objects) / objects) * elapsedMs;
  const byBytes = ((state.expectedBytes - state.bytes) / bytes) * elapsedMs;
  const [least, most] = [Math.min(byObjects, byBytes), Math.max(byObjects, byBytes)];
  if (most <= 0) return null;
  const [from, to] = [roughly(least), roughly(most)];
  if (from === to || most < 2 * least) return to === 'a minute' ? 'less than a minute left' : `about ${to} left`;
  return `at most ${to} left`;
}

/** `a minute` for anything below, then minutes to ten, then steps of five, then hours. */
function roughly(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  if (minutes <= 1) return 'a minute';
  if (minutes <= 10) return `${minutes} min`;
  if (minutes <= 90) return `${Math.ceil(minutes / 5) * 5} min`;
  const hours = Math.ceil(minutes / 60);
  return hours <= 48 ? `${hours} h` : `${Math.ceil(hours / 24)} d`;
}
