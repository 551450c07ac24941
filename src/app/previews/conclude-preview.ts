import type { FailReason } from '../../domain/scans/outcome.ts';
import { formatArea } from '../../domain/scans/preview-limits.ts';
import type { Scan } from '../../domain/scans/scan.ts';
import { formatCount, formatShare, plural } from '../../domain/text/amounts.ts';
import { exceedsGainLimit, formatGainLimit, type GainLimit } from '../../gates/gain-limit.ts';
import { clip } from '../../pull-requests/clip.ts';
import type { SectionOf } from '../../pull-requests/section.ts';
import type { PreviewSummary } from './preview-tally.ts';
import type { SlowSuspects } from './slow-suspects.ts';

/**
 * Reasons that the rules cause at least as often as the file. A batch that kills its function ends
 * as a dead letter.
 */
export const byRules: readonly FailReason[] = ['timeout', 'out_of_memory', 'engine_crash', 'dead_letter'];
/** Maximum number of rules that a note names. */
const maxNamed = 5;

/** The suspects of a preview in which nothing is slow. */
export const noSuspects: SlowSuspects = { now: [], before: [] };

/**
 * Compares the matches of a preview with its limits. The gate fails if the scan failed, a content
 * that a rule names was scanned and not matched, or more than `maxGained` objects match that did
 * not match before. The verdict is unknown if the scan has not finished, scanned less than half of
 * what it listed, or did not finish some objects: what the rules would match there is open.
 * @param options.maxGained null: any number
 * @param options.suspects the rules to name if objects were not scanned to the end
 */
export function concludePreview(
  { id, state, error, listed, preview }: Pick<Scan, 'id' | 'state' | 'error' | 'listed' | 'preview'>,
  summary: PreviewSummary,
  { maxGained, suspects }: { readonly maxGained: GainLimit | null; readonly suspects: SlowSuspects },
): Pick<SectionOf<'preview'>, 'verdict' | 'notes'> {
  const { gainedObjects: gained } = summary;
  // What the index excludes matches no rule: it counts as scanned.
  const searched = summary.scanned + summary.excluded;
  const missed = summary.hashes.filter((each) => each.state === 'missed');
  const [firstMissed] = missed;
  const closed = [
    ...(state === 'failed' ? [`The preview failed: ${error ?? 'no reason is known'}`] : []),
    ...(maxGained !== null && exceedsGainLimit(maxGained, { gained, scanned: searched })
      ? [
          `${plural(gained, 'object matches', 'objects match')} that did not match before, ${formatShare(gained / Math.max(1, searched))} of those scanned: preview.maxGained allows ${formatGainLimit(maxGained)}.`,
        ]
      : []),
    ...(firstMissed === undefined
      ? []
      : [
          `${plural(missed.length, 'hash from the meta of rules is', 'hashes from the meta of rules are')} in the corpus, but the rules do not match there: ${firstMissed.rule} misses ${firstMissed.hash}${missed.length > 1 ? ', and so on' : ''}.`,
        ]),
  ];
  const open = [
    ...(state === 'running' || state === 'paused'
      ? [
          `The preview did not finish in time: its figures are incomplete. To see it later, run: rearview retro preview --scan ${id}`,
        ]
      : []),
    ...(state === 'cancelled'
      ? [`The preview was cancelled: its figures are incomplete.${error === null ? '' : ` ${error}`}`]
      : []),
    ...(preview !== null && listed.objects >= (preview.maxObjects ?? Infinity)
      ? [
          `The listing ended after ${plural(listed.objects, 'object')}, the limit of one preview on this target (previews.maxObjects): the rest was not scanned. A smaller --sample takes its objects from the whole corpus.`,
        ]
      : []),
    ...(state === 'completed' ? tooLittle(summary) : []),
    ...unfinished(summary, suspects),
  ];
  const hasEnded = state === 'completed' || state === 'failed';
  const verdict = closed.length > 0 && hasEnded ? 'failed' : open.length > 0 ? 'unknown' : 'passed';
  const within = preview?.within ?? null;
  const limited =
    within === null
      ? []
      : [`Previews may only read ${within.map(formatArea).join(', ')} (previews.allowed): nothing else was scanned.`];
  return { verdict, notes: [...closed, ...open, ...limited] };
}

/** Whether scans were not finished for reasons that the rules may have caused. */
export function isUnfinished({ failed }: Pick<PreviewSummary, 'failed'>): boolean {
  return failed.some(({ reason }) => byRules.includes(reason));
}

function tooLittle({ scanned, excluded, skipped, failed }: PreviewSummary): readonly string[] {
  const searched = scanned + excluded;
  if (searched === 0) return ['No object was scanned, so nothing is known.'];
  const all = [...skipped, ...failed].reduce((sum, { objects }) => sum + objects, searched);
  if (2 * searched >= all) return [];
  return [`Only ${formatCount(searched)} of ${plural(all, 'object')} could be scanned: that is too few.`];
}

function unfinished({ failed, rules }: PreviewSummary, suspects: SlowSuspects): readonly string[] {
  const byThem = failed.filter(({ reason }) => byRules.includes(reason));
  const objects = byThem.reduce((sum, each) => sum + each.objects, 0);
  if (objects === 0) return [];
  const reasons = byThem.map(({ reason, objects: count }) => `${reason}: ${formatCount(count)}`).join(', ');
  return [
    `${plural(objects, 'object was', 'objects were')} not scanned to the end with only these rules (${reasons}). One of the rules is too slow or takes too much memory, and would leave such files unscanned: run "rearview scan" on one of them to see it.`,
    slowNote(rules, suspects),
  ];
}

/** Names the rules that may be slow: an unfinished scan does not report which one it was. */
function slowNote(rules: PreviewSummary['rules'], { now, before }: SlowSuspects): string {
  const sentences = [
    ...(now.length > 0 ? [`The engine reports as slow: ${named(now)}.`] : []),
    ...(before.length > 0 ? [`Slow before the change: ${named(before)}.`] : []),
  ];
  if (sentences.length > 0) return `${sentences.join(' ')} "rearview rules check" shows where.`;
  return `The engine reports none of them as slow. It scanned with: ${named(rules.map(({ rule }) => rule))}.`;
}

function named(rules: readonly string[]): string {
  const rest = rules.length - maxNamed;
  const names = rules.slice(0, maxNamed).map((rule) => clip(rule, 120));
  return [...names, ...(rest > 0 ? [`${formatCount(rest)} more`] : [])].join(', ');
}
