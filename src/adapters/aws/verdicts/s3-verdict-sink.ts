import { cleanNotice } from '../../../domain/alerts/clean-notice.ts';
import { messageOf, RearviewError } from '../../../domain/errors.ts';
import type { ObjectRef } from '../../../domain/objects/object.ts';
import type { Scan } from '../../../domain/scans/scan.ts';
import type { Verdict, VerdictMatch } from '../../../domain/scans/verdict.ts';
import type { VerdictSink } from '../../../ports/verdicts.ts';
import { addTags } from './add-tags.ts';
import type { VersionedStore } from './find-version.ts';
import { createS3Quarantine, maxCopyBytes } from './s3-quarantine.ts';
import type { CleanNotices } from './sns-clean-notices.ts';
import { quarantineTag, verdictTags } from './verdict-tags.ts';

export interface S3VerdictSinkOptions extends VersionedStore {
  /** Tags every object with its verdict. Default: false. */
  readonly tagObjects?: boolean;
  /** Receives clean files. Default: none. */
  readonly cleanNotices?: CleanNotices;
  /** The scans whose clean files are reported. Default: live. */
  readonly cleanKinds?: readonly Scan['kind'][];
  readonly quarantine?: {
    /** Lower case. A matching rule with one of them puts an object in quarantine. */
    readonly severities: readonly string[];
    /** Destination of such objects. Default: they are tagged and stay. */
    readonly bucket?: string;
  };
  /** Called with actions that are impossible for an object and will stay so. */
  readonly onProblem: (message: string) => void;
  /** Called with objects that are now in quarantine; `to` is null if one was tagged and stays. */
  readonly onQuarantined?: (object: ObjectRef, match: VerdictMatch, to: Place | null) => void;
}

interface Place {
  readonly bucket: string;
  readonly key: string;
}

/**
 * Applies verdicts to S3 objects. Objects in the quarantine bucket stay there, whatever matches in
 * them.
 *
 * For tags, the buckets of the corpus need `s3:GetObjectTagging` and `s3:PutObjectTagging`, with
 * versions also `s3:GetObjectVersionTagging` and `s3:PutObjectVersionTagging`. To move objects,
 * they also need `s3:GetObject`, `s3:GetObjectVersion`,
 * `s3:DeleteObject` and `s3:DeleteObjectVersion`. The quarantine bucket needs
 * `s3:PutObject`, `s3:PutObjectTagging`, `s3:GetObject`, `s3:GetObjectVersion` and
 * `s3:ListBucket`. A bucket with a KMS key needs `kms:Decrypt` and
 * `kms:GenerateDataKey`. Notices need the permissions of `createSnsCleanNotices`.
 */
export function createS3VerdictSink(options: S3VerdictSinkOptions): VerdictSink {
  const { tagObjects = false, cleanNotices, cleanKinds = ['live'], quarantine, onProblem } = options;
  const { onQuarantined = () => undefined } = options;
  const severities = new Set(quarantine?.severities);
  const target = quarantine?.bucket;
  const mover = target === undefined ? null : createS3Quarantine(options, target);

  /** Returns whether the object is marked as being in quarantine. */
  async function tag(verdict: Verdict, match: VerdictMatch | undefined): Promise<boolean> {
    const wanted = [...(match === undefined ? [] : [quarantineTag]), ...(tagObjects ? verdictTags(verdict) : [])];
    if (wanted.length === 0) return false;
    const leftOut = await addTags(options, verdict.object, wanted);
    if (leftOut === null) return false;
    if (leftOut.length > 0) {
      const names = leftOut.map(({ key, value }) => `${key}=${value}`).join(', ');
      onProblem(
        `${nameOf(verdict)} has no space for ${names}: an object has at most ten tags, and those of others are kept. Remove some and scan it again.`,
      );
    }
    return match !== undefined && !leftOut.includes(quarantineTag);
  }

  /** Returns whether the object has been removed from its original location. */
  async function move({ object, file, at }: Verdict, match: VerdictMatch | undefined): Promise<boolean> {
    if (mover === null || file === null || match === undefined) return false;
    const to = await mover.move({ object, file, match, at });
    if (to === 'too_large') {
      onProblem(
        `${object.bucket}/${object.key} was not moved to ${target}: it has ${object.size} bytes, and S3 copies at most ${maxCopyBytes}. Move it yourself; alert ${match.alertId}.`,
      );
      return false;
    }
    if (to !== 'gone') onQuarantined(object, match, to);
    return true;
  }

  /** Tags first: a policy may keep readers out while the object is moved. */
  async function tagAndMove(verdict: Verdict, match: VerdictMatch | undefined): Promise<void> {
    let isMarked: boolean;
    try {
      isMarked = await tag(verdict, match);
    } catch (error) {
      if (!(error instanceof RearviewError) || !(await move(verdict, match))) throw error;
      // It is out of reach: another analysis would not find it.
      onProblem(`${nameOf(verdict)} is in quarantine without its tags: ${error.message}`);
      return;
    }
    if (mover !== null) await move(verdict, match);
    else if (isMarked && match !== undefined) onQuarantined(verdict.object, match, null);
  }

  return {
    async apply(verdict) {
      const { object, matches, scan } = verdict;
      const match = object.bucket === target ? undefined : matches.find(({ severity }) => severities.has(severity));
      const notice = cleanKinds.includes(scan.kind) ? cleanNotice(verdict) : null;
      // Tags before the notice: its receivers may need them for access.
      await eachByItself([
        () => tagAndMove(verdict, match),
        async () => (notice === null ? undefined : cleanNotices?.send(notice)),
      ]);
    },
  };
}

/**
 * Runs all, one after the other, whatever happens to the previous ones. @throws their errors,
 * combined if all are Rearview errors
 */
async function eachByItself(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const step of steps) await step().catch((error: unknown) => errors.push(error));
  if (errors.length === 0) return;
  const own = errors.filter((error) => error instanceof RearviewError);
  const [first] = own;
  const foreign = errors.find((error) => !(error instanceof RearviewError));
  if (first === undefined || foreign !== undefined) throw foreign;
  if (own.length === 1) throw first;
  const retryable = own.some((error) => error.retryable);
  throw new RearviewError(first.code, own.map(messageOf).join(' '), { cause: new AggregateError(own), retryable });
}

function nameOf({ object }: Verdict): string {
  return `${object.bucket}/${object.key} (version ${object.version})`;
}
