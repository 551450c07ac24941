import type { PipelineEvent } from '../../app/pipeline/events.ts';
import { finalStates, type Scan } from '../../domain/scans/scan.ts';
import type { CliContext } from '../context.ts';
import { formatBytes, formatCount, plural } from './output.ts';
import { printedTextLines } from './printed-text-lines.ts';
import { createStatusLine } from './status-line.ts';
import { type Begin, measuringMs, timeLeft, type Work } from './time-left.ts';

const barWidth = 24;
/** A scan that does not advance for this long waits: a time left would be wrong. */
const waitingAfterMs = 10_000;

/** Progress of a scan: a bar at the bottom of a terminal, otherwise a line every few seconds. */
export interface Progress {
  /** A line on stderr, above the bar. The text must be safe for a terminal. */
  line(text: string): void;
  /** Text on stdout, above the bar; ends with one line end. */
  result(text: string): void;
  /** Takes the current scan; call it as often as convenient. */
  scan(scan: Scan): void;
  /**
   * Takes pipeline events, so that the bar moves within a batch. The console output of rules is
   * printed above it.
   */
  observe(event: PipelineEvent): void;
  /** The matches of a scan, and how many are of staged rules: `186 matches, all of staged rules`. */
  matchesOf(scan: Pick<Scan, 'id' | 'counts'>): string;
  /** Removes the bar. */
  stop(): void;
}

/** Outcomes of a scan that this process has seen. */
interface Seen {
  objects: number;
  bytes: number;
  matches: number;
  staged: number;
}

/** @param options.now for tests: milliseconds of a clock */
export function createProgress(
  { stdout, stderr, isTerminal }: Pick<CliContext, 'stdout' | 'stderr' | 'isTerminal'>,
  { now = Date.now }: { readonly now?: () => number } = {},
): Progress {
  let shown: Scan | null = null;
  const seenOf = new Map<string, Seen>();
  const seenIn = (scanId: string): Seen => {
    const seen = seenOf.get(scanId) ?? { objects: 0, bytes: 0, matches: 0, staged: 0 };
    seenOf.set(scanId, seen);
    return seen;
  };
  let begin: Begin = { atMs: 0, objects: 0, bytes: 0 };
  let advanced = { atMs: 0, mark: '' };
  const status = createStatusLine(
    { stderr, isTerminal },
    {
      now,
      describe() {
        if (shown === null) return null;
        const state = stateOf(shown, seenIn(shown.id));
        const mark = [state.objects, state.bytes, shown.batches.planned, shown.batches.reported].join('/');
        if (mark !== advanced.mark) advanced = { atMs: now(), mark };
        const isWaiting = shown.listingDone && now() - advanced.atMs >= waitingAfterMs;
        const awaited = shown.batches.planned - shown.batches.reported;
        const text = describeProgress(state, begin, now() - begin.atMs, isWaiting && awaited > 0 ? awaited : null);
        return { terminal: `${bar(state.fraction)} ${text}`, plain: `${shown.id}: ${text}` };
      },
    },
  );

  return {
    line: (text) => status.above(() => stderr.write(`${text}\n`)),
    result: (text) => status.above(() => stdout.write(text.endsWith('\n') ? text : `${text}\n`)),
    scan(scan) {
      if (shown?.id !== scan.id) {
        begin = { atMs: now(), objects: scan.counts.objects, bytes: scan.counts.bytes };
        status.begin();
      }
      shown = scan;
      if (finalStates.includes(scan.state)) {
        status.clear();
        shown = null;
      } else status.draw();
    },
    observe(event) {
      if (event.type === 'printed') {
        const { bucket, key } = event.object;
        for (const line of printedTextLines(`${bucket}/${key}`, event.printed))
          status.above(() => stderr.write(`${line}\n`));
      }
      if (event.type === 'object' && event.kind !== 'live' && event.entry.outcome.status !== 'covered') {
        const seen = seenIn(event.scanId);
        seen.objects += 1;
        seen.bytes += event.entry.size;
        seen.staged += event.stagedMatches ?? 0;
        if (event.entry.outcome.status === 'scanned') seen.matches += event.entry.outcome.matches;
        if (event.scanId === shown?.id) status.draw();
      } else if (event.type === 'scan_completed' && event.scan.id === shown?.id) {
        status.clear();
        shown = null;
      }
    },
    matchesOf({ id, counts }) {
      const { matches, staged } = seenIn(id);
      // Of a scan that another process began, it is not known.
      const isKnown = staged > 0 && matches === counts.matches;
      const note = !isKnown
        ? ''
        : staged === matches
          ? ', all of staged rules'
          : `, ${formatCount(staged)} of staged rules`;
      return `${plural(counts.matches, 'match', 'matches')}${note}`;
    },
    stop() {
      status.clear();
      shown = null;
    },
  };
}

interface ProgressState extends Work {
  readonly matches: number;
  readonly staged: number;
  /** Between 0 and 1; null where nothing is known of the whole. */
  readonly fraction: number | null;
}

/** A batch reports when it is complete, so events are ahead of the ledger. */
function stateOf({ counts, expected, listed, listingDone }: Scan, seen: Seen): ProgressState {
  const whole = listingDone ? listed : expected;
  const objects = Math.max(
    counts.objects,
    Math.min(counts.covered + counts.excluded + seen.objects, whole?.objects ?? Infinity),
  );
  const bytes = Math.max(counts.bytes, Math.min(seen.bytes, whole?.bytes ?? Infinity));
  const fraction =
    whole === null ? null : whole.bytes > 0 ? bytes / whole.bytes : whole.objects > 0 ? objects / whole.objects : 1;
  return {
    objects,
    expectedObjects: whole?.objects ?? null,
    bytes,
    expectedBytes: whole?.bytes ?? null,
    matches: Math.max(counts.matches, seen.matches),
    staged: seen.staged,
    fraction: fraction === null ? null : Math.min(1, fraction),
  };
}

/** @param awaited number of batches that a scan waits for; null while it advances */
function describeProgress(state: ProgressState, begin: Begin, elapsedMs: number, awaited: number | null): string {
  const { objects, expectedObjects, bytes, matches, staged, fraction } = state;
  const bytesPerMs = elapsedMs < measuringMs ? null : (bytes - begin.bytes) / elapsedMs;
  return [
    fraction === null ? null : `${Math.floor(fraction * 100)} %`,
    `${formatCount(objects)}${expectedObjects === null ? '' : `/${formatCount(expectedObjects)}`} objects`,
    formatBytes(bytes),
    bytesPerMs === null ? null : `${(bytesPerMs / 1000).toFixed(1)} MB/s`,
    awaited === null ? timeLeft(state, begin, elapsedMs) : `waiting for ${plural(awaited, 'batch', 'batches')}`,
    `${plural(matches, 'match', 'matches')}${staged > 0 ? ` (${formatCount(staged)} staged)` : ''}`,
  ]
    .filter((part) => part !== null)
    .join(', ');
}

function bar(fraction: number | null): string {
  const full = Math.round((fraction ?? 0) * barWidth);
  return `[${'#'.repeat(full)}${'.'.repeat(barWidth - full)}]`;
}
