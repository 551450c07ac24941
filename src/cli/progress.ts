import type { PipelineEvent } from '../app/events.ts';
import { finalStates, type Scan } from '../domain/scan.ts';
import type { CliContext } from './context.ts';
import { formatBytes, formatCount, formatDuration, plural } from './output.ts';

const redrawMs = 100;
/** Between two lines where no terminal shows a bar. */
const plainLineMs = 5000;
const barWidth = 24;
/** Bytes per second are told over at least this time. */
const tellingMs = 1000;

/** Shows how a scan gets on: a bar at the foot of a terminal, a line every few seconds elsewhere. */
export interface Progress {
  /** A line on stderr, above the bar. The text must be safe for a terminal. */
  line(text: string): void;
  /** Text on stdout, above the bar; ends with one line end. */
  result(text: string): void;
  /** How the scan stands now; call it as often as convenient. */
  scan(scan: Scan): void;
  /** What the pipeline of this process tells, so that the bar moves within a batch. */
  observe(event: PipelineEvent): void;
  /** Removes the bar. */
  stop(): void;
}

interface Seen {
  objects: number;
  bytes: number;
  matches: number;
}

/** @param options.now for tests: milliseconds of a clock */
export function createProgress(
  { stdout, stderr, isTerminal }: Pick<CliContext, 'stdout' | 'stderr' | 'isTerminal'>,
  { now = Date.now }: { readonly now?: () => number } = {},
): Progress {
  let shown: Scan | null = null;
  let seen: Seen = { objects: 0, bytes: 0, matches: 0 };
  let begin = { atMs: 0, bytes: 0 };
  let barDrawn = false;
  let lastDrawnMs = Number.NEGATIVE_INFINITY;
  let lastLine = '';

  const clear = () => {
    if (barDrawn) stderr.write('\r\u001b[2K');
    barDrawn = false;
  };
  const draw = () => {
    if (shown === null) return;
    const atMs = now();
    if (atMs - lastDrawnMs < (isTerminal.stderr ? redrawMs : plainLineMs)) return;
    lastDrawnMs = atMs;
    const state = stateOf(shown, seen);
    const elapsedMs = atMs - begin.atMs;
    const bytesPerMs = elapsedMs < tellingMs ? null : (state.bytes - begin.bytes) / elapsedMs;
    const text = describeProgress(state, bytesPerMs);
    if (isTerminal.stderr) {
      clear();
      stderr.write(`${bar(state.fraction)} ${text}`.slice(0, columnsOf(stderr) - 1));
      barDrawn = true;
    } else if (text !== lastLine) {
      lastLine = text;
      stderr.write(`${shown.id}: ${text}\n`);
    }
  };

  const redrawAfter = (write: () => void) => {
    const hadBar = barDrawn;
    clear();
    write();
    if (!hadBar) return;
    lastDrawnMs = Number.NEGATIVE_INFINITY;
    draw();
  };

  return {
    line: (text) => redrawAfter(() => stderr.write(`${text}\n`)),
    result: (text) => redrawAfter(() => stdout.write(text.endsWith('\n') ? text : `${text}\n`)),
    scan(scan) {
      if (shown?.id !== scan.id) {
        seen = { objects: 0, bytes: 0, matches: 0 };
        begin = { atMs: now(), bytes: scan.counts.bytes };
        // The first plain line comes only if the scan takes a while.
        lastDrawnMs = isTerminal.stderr ? Number.NEGATIVE_INFINITY : now();
      }
      shown = scan;
      if (finalStates.includes(scan.state)) {
        clear();
        shown = null;
      } else draw();
    },
    observe(event) {
      if (event.type === 'object' && event.scanId === shown?.id && event.entry.outcome.status !== 'covered') {
        seen.objects += 1;
        seen.bytes += event.entry.size;
        if (event.entry.outcome.status === 'scanned') seen.matches += event.entry.outcome.matches;
        draw();
      } else if (event.type === 'scan_completed' && event.scan.id === shown?.id) {
        clear();
        shown = null;
      }
    },
    stop() {
      clear();
      shown = null;
    },
  };
}

interface ProgressState {
  readonly objects: number;
  readonly expectedObjects: number | null;
  readonly bytes: number;
  readonly expectedBytes: number | null;
  readonly matches: number;
  /** Between 0 and 1; null where nothing is known of the whole. */
  readonly fraction: number | null;
}

/** A batch reports when all of it is done; what was seen of it before is ahead of the ledger. */
function stateOf({ counts, expected, listed, listingDone }: Scan, seen: Seen): ProgressState {
  const whole = listingDone ? listed : expected;
  const objects = Math.max(counts.objects, Math.min(counts.covered + seen.objects, whole?.objects ?? Infinity));
  const bytes = Math.max(counts.bytes, Math.min(seen.bytes, whole?.bytes ?? Infinity));
  const fraction =
    whole === null ? null : whole.bytes > 0 ? bytes / whole.bytes : whole.objects > 0 ? objects / whole.objects : 1;
  return {
    objects,
    expectedObjects: whole?.objects ?? null,
    bytes,
    expectedBytes: whole?.bytes ?? null,
    matches: Math.max(counts.matches, seen.matches),
    fraction: fraction === null ? null : Math.min(1, fraction),
  };
}

function describeProgress(state: ProgressState, bytesPerMs: number | null): string {
  const { objects, expectedObjects, bytes, expectedBytes, matches, fraction } = state;
  const left =
    bytesPerMs !== null && bytesPerMs > 0 && expectedBytes !== null && expectedBytes > bytes
      ? `${formatDuration((expectedBytes - bytes) / bytesPerMs)} left`
      : null;
  return [
    fraction === null ? null : `${Math.floor(fraction * 100)} %`,
    `${formatCount(objects)}${expectedObjects === null ? '' : `/${formatCount(expectedObjects)}`} objects`,
    formatBytes(bytes),
    bytesPerMs === null ? null : `${(bytesPerMs / 1000).toFixed(1)} MB/s`,
    left,
    plural(matches, 'match', 'matches'),
  ]
    .filter((part) => part !== null)
    .join(', ');
}

function bar(fraction: number | null): string {
  const full = Math.round((fraction ?? 0) * barWidth);
  return `[${'#'.repeat(full)}${'.'.repeat(barWidth - full)}]`;
}

function columnsOf(stream: object): number {
  return 'columns' in stream && typeof stream.columns === 'number' && stream.columns > 0 ? stream.columns : 80;
}
