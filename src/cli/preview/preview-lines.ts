import type { ObjectFilter } from '../../domain/objects/object.ts';
import type { SectionOf } from '../../pull-requests/section.ts';
import { formatBytes, formatCount, formatDuration, formatShare, plural, safeText, table } from '../output/output.ts';

/** The part of the corpus that a preview searches, as text. */
export function sampleText(sample: number, { prefix }: ObjectFilter): string {
  const whole = prefix === undefined ? 'the corpus' : `the objects below ${safeText(prefix)}`;
  return sample === 1 ? `all of ${whole}` : `a sample of ${formatShare(sample)} of ${whole}`;
}

/** Objects that were scanned, and those that the index excluded: no rule of the preview matches them. */
function searchedText({ scanned, excluded, objects, sample }: SectionOf<'preview'>, filter: ObjectFilter): string {
  const n = formatCount;
  const byIndex = excluded === 0 ? '' : `, ${n(excluded)} excluded by the index`;
  return `${n(scanned + excluded)} of ${plural(objects, 'object')}, ${sampleText(sample, filter)}: ${n(scanned)} read and scanned${byIndex}`;
}

/** The result of a preview as text: a table of the rules, then examples of matches. */
export function previewLines(report: SectionOf<'preview'>, filter: ObjectFilter): readonly string[] {
  const { actual, forecast, hashes } = report;
  const inState = (state: string) => hashes.filter((each) => each.state === state);
  const missed = inState('missed');
  const rows: readonly (readonly [string, string])[] = [
    ['preview', `${report.scanId}  ${report.state}  ${report.verdict}`],
    ['searched', searchedText(report, filter)],
    ...report.skipped.map(({ reason, objects }) => ['skipped', `${reason}: ${formatCount(objects)}`] as const),
    ...report.failed.flatMap(({ reason, objects, examples }) => [
      ['failed', `${reason}: ${formatCount(objects)}${examples.length === 0 ? '' : ', such as'}`] as const,
      ...examples.map((each) => ['', unscannedText(each)] as const),
    ]),
    ['actual', workText(actual)],
    ...(forecast === null ? [] : [['forecast', workText(forecast)] as const]),
    ...(hashes.length === 0
      ? []
      : [
          [
            'hashes',
            `${formatCount(hashes.length)} named by rules: ${inState('matched').length} matched, ${missed.length} missed, ${inState('unchecked').length} unchecked`,
          ] as const,
        ]),
    ...missed.map(({ rule, hash }) => ['missed', `${hash}  ${safeText(rule)}`] as const),
    ...report.notes.map((note) => ['note', safeText(note)] as const),
  ];
  return [
    ...rows.map(([label, text]) => `${label.padEnd(9)} ${text}`),
    '',
    table(
      ['NOW', 'BEFORE', 'GAINED', 'LOST', 'CHANGE', 'FIRST SEEN', 'LAST SEEN', 'RULE'],
      report.rules.map(({ rule, kind, now, before, gained, lost, firstSeen, lastSeen }) => [
        ...[now, before, gained, lost, kind],
        ...[firstSeen ?? '-', lastSeen ?? '-', rule],
      ]),
    ),
    ...report.rules.flatMap(exampleLines),
  ];
}

function unscannedText({
  bucket,
  key,
  size,
  sha256,
  detail,
}: SectionOf<'preview'>['failed'][number]['examples'][number]): string {
  const known = [formatBytes(size), sha256, detail].filter((each) => each !== null).join(', ');
  return safeText(`${bucket} ${key} (${known})`);
}

function exampleLines({ rule, examples }: SectionOf<'preview'>['rules'][number]): readonly string[] {
  if (examples.length === 0) return [];
  return [
    '',
    safeText(rule),
    ...examples.flatMap(({ state, bucket, key, sha256, strings }) => [
      `  ${state.padEnd(6)}  ${safeText(bucket)}  ${safeText(key)}  ${sha256}`,
      ...strings.map(
        ({ identifier, offset, length, data }) =>
          `          ${safeText(identifier)} at ${offset}, ${length} bytes${data === undefined ? '' : `: ${safeText(data)}`}`,
      ),
    ]),
  ];
}

function workText(work: {
  readonly objects: number;
  readonly bytes: number;
  readonly ms: number | null;
  readonly dollars: number;
}): string {
  const time = work.ms === null ? '' : `, ${formatDuration(work.ms)}`;
  return `${plural(work.objects, 'object')} searched, ${formatBytes(work.bytes)}${time}, $${work.dollars.toFixed(2)}`;
}
