import { countExcluded, type Exclusion } from '../../domain/scans/exclusion.ts';
import type { LedgerEntry } from '../../domain/scans/outcome.ts';
import { finalStates, isPlanned, type Scan } from '../../domain/scans/scan.ts';
import { formatBytes, formatCount, formatDuration, jsonLine, plural, safeText, scannedNote } from './output.ts';

/** A scan as JSON on one line: all but the internal cursor. */
export function scanJson({ cursor: _, ...scan }: Scan): string {
  return jsonLine(scan);
}

/** An entry of the ledger as JSON on one line. */
export function entryJson(entry: LedgerEntry): string {
  return jsonLine(entry);
}

/** What the index excluded by one segment, as JSON on one line. The candidates of rules are left out. */
export function exclusionJson({ segment, proofs, rows, groups }: Exclusion): string {
  const { objects, bytes } = countExcluded([{ segment, proofs, rows, groups }]);
  const rules = proofs.map(({ bits: _, ...proof }) => proof);
  const earlier = [...new Set(groups.flatMap((group) => group.earlier))];
  return jsonLine({ outcome: { status: 'excluded' }, objects, bytes, segment, rows, rules, earlier });
}

/** What the index excluded by one segment, as text. */
export function exclusionLine(exclusion: Exclusion): string {
  const { objects, bytes } = countExcluded([exclusion]);
  const { segment, rows } = exclusion;
  const from = `of ${formatCount(segment.objects)} in segment ${segment.name.slice(0, 12)}`;
  return `excluded  ${plural(objects, 'object')}  ${formatBytes(bytes)}  ${from}, ${evaluatedText(exclusion)}, ${plural(rows, 'row')} read`;
}

/** Rules that this scan evaluated, and those that it took over from earlier scans. */
function evaluatedText({ proofs, groups }: Exclusion): string {
  const now = new Set(proofs.map(({ logic }) => logic));
  const before = new Set(groups.flatMap(({ logic }) => logic).filter((each) => !now.has(each))).size;
  const [scan, ...others] = new Set(groups.flatMap(({ earlier }) => earlier));
  const by = scan === undefined || others.length > 0 ? 'earlier scans' : scan;
  return [
    ...(now.size > 0 || before === 0 ? [`${plural(now.size, 'rule')} evaluated`] : []),
    ...(before > 0 ? [`${plural(before, 'rule')} evaluated before by ${by}`] : []),
  ].join(', ');
}

/** An entry of the ledger as text. */
export function entryLine({ bucket, key, size, outcome, preview }: LedgerEntry): string {
  const what =
    outcome.status === 'scanned'
      ? `scanned  ${plural(outcome.matches, 'match', 'matches')}${scannedNote(size, outcome)}${matchesText(preview)}`
      : outcome.status === 'covered'
        ? 'covered'
        : `${outcome.status}  ${outcome.reason}${outcome.detail === undefined ? '' : ` (${safeText(outcome.detail)})`}`;
  return `${bucket}  ${safeText(key)}  ${formatBytes(size)}  ${what}`;
}

function matchesText(preview: LedgerEntry['preview']): string {
  const rules = preview?.hits.map(({ rule }) => safeText(rule)) ?? [];
  return rules.length === 0 ? '' : `: ${rules.join(', ')}`;
}

/** `preview, of 10 % of the objects` */
function kindText({ kind, full, preview }: Scan): string {
  if (preview === null) return `${kind}${full ? ', full' : ''}`;
  const contents = preview.sha256.length;
  const named = contents === 0 ? '' : ` and ${plural(contents, 'content')} by hash`;
  return `${kind}, of ${Number((100 * preview.sample).toPrecision(3))} % of the objects${named}`;
}

/** `12 objects = 4 scanned + 1 covered + 6 excluded + 1 skipped + 0 failed`. */
export function ledgerSum({ counts }: Pick<Scan, 'counts'>): string {
  const { objects, scanned, covered, excluded, skipped, failed } = counts;
  const n = formatCount;
  return `${plural(objects, 'object')} = ${n(scanned)} scanned + ${n(covered)} covered + ${n(excluded)} excluded + ${n(skipped)} skipped + ${n(failed)} failed`;
}

/** A scan as text, one fact a line. */
export function scanLines(scan: Scan, nowMs: number): readonly string[] {
  const { counts, listed, batches, expected } = scan;
  const tookMs = Date.parse(scan.finishedAt ?? new Date(nowMs).toISOString()) - Date.parse(scan.createdAt);
  const filter = Object.entries(scan.filter).map(
    ([name, value]) => `${name} ${safeText(Array.isArray(value) ? value.join(' ') : String(value))}`,
  );
  const isListed = isPlanned(scan);
  const rows: readonly (readonly [string, string | null])[] = [
    ['scan', `${scan.id} (${kindText(scan)})`],
    ['state', `${scan.state}${scan.error === null ? '' : `: ${safeText(scan.error)}`}`],
    ['ruleset', scan.rulesetId === '' ? null : scan.rulesetId],
    ['corpus', isListed ? `${scan.buckets.join(', ')}${filter.length === 0 ? '' : `; ${filter.join(', ')}`}` : null],
    ['listing', scan.inventories.length === 0 ? null : scan.inventories.map(safeText).join(', ')],
    ['began', `${scan.createdAt}${finalStates.includes(scan.state) ? `, took ${formatDuration(tookMs)}` : ''}`],
    [
      'listed',
      isListed
        ? `${formatCount(listed.objects)} objects, ${formatBytes(listed.bytes)}${scan.listingDone ? '' : ' so far'}${expected === null ? '' : `; ${formatCount(expected.objects)} expected`}`
        : null,
    ],
    ['batches', isListed ? `${batches.reported} of ${batches.planned} reported` : null],
    ['ledger', ledgerSum(scan)],
    ['scanned', `${formatBytes(counts.scannedBytes)}, ${formatCount(counts.matches)} rule matches`],
  ];
  return rows.flatMap(([label, text]) => (text === null ? [] : [`${label.padEnd(8)} ${text}`]));
}
