import type { FileReport } from '../../app/files/scan-files.ts';
import { notScannedTotal, type Place, renderPlace } from '../../domain/inside/inside.ts';
import { matchedInside, type RuleMatch } from '../../domain/scans/match.ts';
import { limitNoted } from '../../domain/scans/outcome.ts';
import { metaObject } from '../output/meta-object.ts';
import { jsonLine, type Paint, plural, safeText, scannedNote } from '../output/output.ts';

/** One line of `scan --json`. Stable: docs and consumers rely on it. */
export function fileReportJson(report: FileReport): string {
  const { path, pathBytes, size } = report;
  const place = { path, ...(pathBytes === undefined ? {} : { pathBytes }), ...(size === undefined ? {} : { size }) };
  switch (report.status) {
    case 'scanned':
      return jsonLine({
        ...place,
        ...(report.scannedBytes === undefined ? {} : { scannedBytes: report.scannedBytes }),
        ...limitNoted(report),
        ...(report.inside === undefined ? {} : { inside: report.inside }),
        ...(report.variableProblems === undefined ? {} : { variableProblems: report.variableProblems }),
        sha256: report.sha256,
        matches: report.matches.map(matchJson),
      });
    case 'skipped':
      return jsonLine({ ...place, skipped: report.reason, detail: report.detail });
    case 'failed':
      return jsonLine({ ...place, failed: report.reason, detail: report.detail });
  }
}

function matchJson({ rule, namespace, tags, meta, strings, stringsTotal, ...inside }: RuleMatch) {
  const total = stringsTotal === undefined ? {} : { stringsTotal };
  return { rule, namespace, tags, meta: metaObject(meta), strings, ...total, ...matchedInside(inside) };
}

/** The lines of one file for people; none where nothing matched and nothing went wrong. */
export function fileReportLines(report: FileReport, paint: Paint, verbose: boolean): readonly string[] {
  const path = safeText(report.path);
  if (report.status === 'scanned') {
    return report.matches.flatMap((match) => [
      ...placesOf(match).map(
        (place) =>
          `${paint('red', match.rule)}  ${[path, ...(place.length === 0 ? [] : [safeText(renderPlace(place))])].join(' > ')}`,
      ),
      ...(match.membersTotal === undefined
        ? []
        : [`    ${paint('dim', `${match.members?.length ?? 0} of ${match.membersTotal} members`)}`]),
      ...(verbose ? match.strings.map((each) => `    ${stringLine(each, paint)}`) : []),
      ...(verbose && match.stringsTotal !== undefined
        ? [`    ${paint('dim', `${match.strings.length} of ${match.stringsTotal} places`)}`]
        : []),
    ]);
  }
  return [];
}

/** Where the rule matches: in the file itself, and in members. */
function placesOf({ members = [], onlyInside }: RuleMatch): readonly Place[] {
  return [...(onlyInside ? [] : [[]]), ...members.map(({ place }) => place)];
}

function stringLine({ identifier, place, offset, length, data }: RuleMatch['strings'][number], paint: Paint): string {
  const short = data.length > 120 ? `${data.slice(0, 120)}…` : data;
  const where = place === undefined ? '' : ` in ${safeText(renderPlace(place))}`;
  return `${paint('dim', `0x${offset.toString(16)} ${identifier} (${length})${where}`)} ${safeText(short)}`;
}

/** Lines for stderr on values of variables that do not fit. */
export function variableProblemLines(report: FileReport, paint: Paint): readonly string[] {
  const problems = report.status === 'scanned' ? (report.variableProblems ?? []) : [];
  return problems.map((each) => `${paint('yellow', 'variable')}: ${safeText(report.path)}: ${safeText(each)}`);
}

/** Line for stderr on a file that was not scanned completely. */
export function fileProblemLine(report: FileReport, paint: Paint): string | null {
  if (report.status === 'scanned') {
    const isWhole = report.inside === undefined || notScannedTotal(report.inside) === 0;
    const { inside, ...itself } = report;
    const note = scannedNote(report.size, isWhole ? itself : report);
    const label = report.scannedBytes === undefined && isWhole ? 'scanned within limits' : 'scanned in part';
    return note === ''
      ? null
      : `${paint('yellow', label)}: ${safeText(report.path)}: ${plural(report.matches.length, 'match', 'matches')}${note}`;
  }
  const label = report.status === 'failed' ? paint('red', 'failed') : paint('yellow', 'skipped');
  return `${label}: ${safeText(report.path)}: ${report.reason}${report.detail === '' ? '' : ` (${safeText(report.detail)})`}`;
}
