import { reportedMatchesPerPattern } from '../../domain/scans/match.ts';
import { HostFailure } from './host-failure.ts';

/** The engine's own limit: it keeps no more matches of one pattern in one file (YARA-X, `DEFAULT_MAX_MATCHES_PER_PATTERN`). */
export const engineMatchLimit = 1_000_000;
/** The limit for a file whose matches at the engine's own limit take too much time or memory. */
export const floodMatchLimit = 1_000;
/** Matches beyond the reported ones that the engine may hand over in one scan. Ten million take some seconds. */
const maxUnreported = 10_000_000;

/** What an engine knows of the limit to the matches that it keeps of a pattern. */
export interface MatchLimit {
  /** Of the scan under way, or the next. */
  value: number;
  /** Whether a condition of the last scan asked for the matches of a pattern that had as many as the limit allows. */
  reached: boolean;
  /** Whether `reached` is kept. */
  watched: boolean;
}

/** The engine hands over far more matches than are reported. The instance is called no more. */
export class MatchFlood extends HostFailure {
  constructor() {
    super(`Rules matched in more than ${maxUnreported} places.`);
  }
}

/** How many places a list of the engine had, where it was cut. */
const placesTotal = Symbol('places');

/** A list of places where a pattern matched, as the engine hands it over. */
export interface PlaceList extends ReadonlyArray<{ readonly offset: number; readonly length: number }> {
  readonly [placesTotal]?: number;
}

/** How many places there were, with those that were not kept. */
export function totalOf(places: PlaceList): number {
  return places[placesTotal] ?? places.length;
}

/**
 * Sets the elements of the engine's lists. Of places it keeps the first `reportedMatchesPerPattern`: a million objects for each pattern of each rule would
 * take more memory than there is.
 */
export function createListSetter() {
  let unreported = 0;
  return {
    /** Before each scan. */
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
