import { reportedMatchesPerPattern } from '../../domain/scans/match.ts';
import { HostFailure } from './host-failure.ts';

/**
 * The engine's own limit on the matches it keeps of one pattern in one file (YARA-X,
 * `DEFAULT_MAX_MATCHES_PER_PATTERN`).
 */
export const engineMatchLimit = 1_000_000;
/** The limit for a file whose matches, at the engine's own limit, take too much time or memory. */
export const floodMatchLimit = 1_000;
/**
 * Maximum number of unreported matches that the engine may pass in one scan. Ten million take some
 * seconds.
 */
const maxUnreported = 10_000_000;

/** The state of an engine's limit on the matches that it keeps of a pattern. */
export interface MatchLimit {
  /** Limit of the current scan, or the next. */
  value: number;
  /** Whether a condition of the last scan used the matches of a pattern that reached the limit. */
  reached: boolean;
  /** Whether `reached` is tracked. */
  watched: boolean;
}

/**
 * Thrown if the engine passes far more matches than are reported. The instance is never called
 * again.
 */
export class MatchFlood extends HostFailure {
  constructor() {
    super(`Rules matched in more than ${maxUnreported} places.`);
  }
}

/** Original length of an engine list that was cut. */
const placesTotal = Symbol('places');

/** The engine's list of positions where a pattern matched. */
export interface PlaceList extends ReadonlyArray<{ readonly offset: number; readonly length: number }> {
  readonly [placesTotal]?: number;
}

/** Returns the number of positions, including those that were not kept. */
export function totalOf(places: PlaceList): number {
  return places[placesTotal] ?? places.length;
}

/**
 * Sets the elements of the engine's lists. It keeps the first `reportedMatchesPerPattern`
 * positions: a million objects for each pattern of each rule would not fit in memory.
 */
export function createListSetter() {
  let unreported = 0;
  return {
    /** Called before each scan. */
    restart(): void {
      unreported = 0;
    },
    /** @throws MatchFlood */
    set(list: Record<number, unknown> & { [placesTotal]?: number }, index: number, value: unknown): void {
      const at = index >>> 0;
      if (at < reportedMatchesPerPattern || !isPlace(list[0])) {
        list[at] = value;
        return;
      }
      list[placesTotal] = at + 1;
      unreported += 1;
      if (unreported > maxUnreported) throw new MatchFlood();
    },
  };
}

function isPlace(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'offset' in value;
}
