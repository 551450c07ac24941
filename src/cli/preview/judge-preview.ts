import type { PreviewFindings, ReasonCount } from '../../app/preview-tally.ts';
import type { FailReason } from '../../domain/outcome.ts';
import type { Scan } from '../../domain/scan.ts';
import type { SectionOf } from '../../reviews/section.ts';
import { formatCount, plural } from '../output.ts';

/** Reasons that lie with the rules at least as likely as with the file. */
const byEngine: readonly FailReason[] = ['timeout', 'out_of_memory', 'engine_crash'];

/**
 * Holds what a preview found against what is allowed. The gate is closed where the scan failed, a content that a rule names was scanned and not hit, or more
 * objects are hit that were not before than `maxGained`. Nothing is known where the scan has not come to its end, scanned nothing, or some scans were not
 * finished: then what the rules would find there is open.
 * @param maxGained null: any number
 */
export function judgePreview(
  { id, state, error }: Pick<Scan, 'id' | 'state' | 'error'>,
  findings: PreviewFindings,
  maxGained: number | null,
): Pick<SectionOf<'preview'>, 'verdict' | 'notes'> {
  const missed = findings.hashes.filter((each) => each.state === 'missed');
  const [firstMissed] = missed;
  const closed = [
    ...(state === 'failed' ? [`The preview failed: ${error ?? 'no reason is known'}`] : []),
    ...(maxGained !== null && findings.gainedObjects > maxGained
      ? [
          `${plural(findings.gainedObjects, 'object is', 'objects are')} hit that ${findings.gainedObjects === 1 ? 'was' : 'were'} not before: preview.maxGained allows ${formatCount(maxGained)}.`,
        ]
      : []),
    ...(firstMissed === undefined
      ? []
      : [
          `${plural(missed.length, 'hash', 'hashes')} that the meta of rules names lie in the corpus, and the rules do not match there: ${firstMissed.rule} misses ${firstMissed.hash}${missed.length > 1 ? ', and so on' : ''}.`,
        ]),
  ];
  const open = [
    ...(state === 'running' || state === 'paused'
      ? [
          `The preview had not ended in time: its figures are of what it had come to. To see it later: rearview retro preview --scan ${id}`,
        ]
      : []),
    ...(state === 'cancelled' ? ['The preview was cancelled: its figures are of what it had come to.'] : []),
    ...(state === 'completed' && findings.scanned === 0 ? ['No object was scanned, so nothing is known.'] : []),
    ...unfinished(findings.failed.filter(({ reason }) => byEngine.includes(reason))),
  ];
  const hasEnded = state === 'completed' || state === 'failed';
  const verdict = closed.length > 0 && hasEnded ? 'failed' : open.length > 0 ? 'unknown' : 'passed';
  return { verdict, notes: [...closed, ...open] };
}

function unfinished(failed: readonly ReasonCount<FailReason>[]): readonly string[] {
  const objects = failed.reduce((sum, each) => sum + each.objects, 0);
  if (objects === 0) return [];
  const reasons = failed.map(({ reason, objects: count }) => `${reason}: ${formatCount(count)}`).join(', ');
  return [
    `${plural(objects, 'object was', 'objects were')} not scanned to the end with these rules alone (${reasons}). A rule among them is too slow or takes too much memory, and would leave such files unscanned: "rearview scan" on one of them shows it.`,
  ];
}
