import * as pulumi from '@pulumi/pulumi';
import type { BucketHandle, ExistingBucketHandle, Statement, StorageHandles } from '../handles.ts';
import type { RoleResources } from './role-resources.ts';

/** Actions on an object by its name, as in buckets that keep no versions, and on a version of it. */
const tagging = ['s3:GetObjectTagging', 's3:PutObjectTagging'] as const;
const versionTagging = ['s3:GetObjectVersionTagging', 's3:PutObjectVersionTagging'] as const;

/** What an analyzer does with objects of the corpus: reads them, and as configured tags them and moves them to quarantine. */
export function corpusObjects(
  { context, storage }: RoleResources,
  options: {
    /** Whether it is told of objects without their version, as by who invokes it directly. */
    readonly byName: boolean;
  },
): readonly Statement[] {
  const { corpus, existing, quarantine } = storage;
  const { tagObjects, quarantine: wanted } = context.config;
  const tags = tagObjects || wanted.severities.length > 0;
  const moves = quarantine !== null && wanted.severities.length > 0;
  const ofVersions = [
    's3:GetObjectVersion',
    ...(tags ? versionTagging : []),
    ...(moves ? (['s3:DeleteObjectVersion'] as const) : []),
  ];
  const statements: Statement[] = [
    {
      Sid: 'CorpusObjects',
      Effect: 'Allow',
      // Ours keeps versions: nothing is ever done to whatever is the latest, but where no version was told.
      Action: [...(options.byName ? ['s3:GetObject'] : []), ...ofVersions],
      Resource: pulumi.interpolate`${corpus.arn}/*`,
    },
  ];
  if (existing.length > 0) {
    statements.push({
      Sid: 'ExistingObjects',
      Effect: 'Allow',
      Action: ['s3:GetObject', ...(tags ? tagging : []), ...(moves ? ['s3:DeleteObject'] : []), ...ofVersions],
      Resource: existing.map(({ arn, prefix }) => pulumi.interpolate`${arn}/${prefix}*`),
    });
  }
  return [...statements, ...(moves ? quarantineObjects(quarantine) : [])];
}

/** To copy there, carrying tags, and to look at what is there; without the listing, what is not there looks forbidden. */
function quarantineObjects({ arn }: BucketHandle): readonly Statement[] {
  return [
    {
      Sid: 'QuarantineObjects',
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject', 's3:PutObjectTagging'],
      Resource: pulumi.interpolate`${arn}/*`,
    },
    { Sid: 'QuarantineMissing', Effect: 'Allow', Action: 's3:ListBucket', Resource: arn },
  ];
}

/**
 * An analyzer lists nothing. But S3 says of an object that is gone that it is forbidden, unless the caller might have found out by listing; every file
 * that is deleted before it is scanned would end with the dead letters. It asks with the key as `s3:prefix`, so a bucket may be opened in part.
 * Which of the two it asks about a version that is gone is not documented.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export function corpusMissing({ storage }: RoleResources): readonly Statement[] {
  return onCorpora(storage, 'CorpusMissing', ['s3:ListBucket', 's3:ListBucketVersions']);
}

/** The batcher lists versions, and reads nothing of the corpus. */
export function corpusListing({ storage }: RoleResources): readonly Statement[] {
  return onCorpora(storage, 'CorpusListing', ['s3:ListBucketVersions']);
}

/** On the buckets of the corpus themselves; of those that belong to it in part, where that part is asked about. */
export function onCorpora(
  { corpus, existing }: Pick<StorageHandles, 'corpus' | 'existing'>,
  sid: string,
  actions: readonly string[],
): readonly Statement[] {
  const isPart = ({ prefix }: ExistingBucketHandle) => prefix !== '';
  const whole = [corpus, ...existing.filter((each) => !isPart(each))];
  return [
    { Sid: sid, Effect: 'Allow', Action: actions, Resource: whole.map(({ arn }) => arn) },
    ...existing.filter(isPart).map(
      ({ arn, prefix }, index): Statement => ({
        Sid: `${sid}Part${index + 1}`,
        Effect: 'Allow',
        Action: actions,
        Resource: arn,
        Condition: { StringLike: { 's3:prefix': `${prefix}*` } },
      }),
    ),
  ];
}

/** Rulesets, read. */
export function rulesets({ storage }: RoleResources): readonly Statement[] {
  return [artifacts(storage, 'Rulesets', ['s3:GetObject'], 'rulesets')];
}

/** Rulesets, and those that a retro scan makes for objects which lack a part of one. That nothing is overwritten is the bucket's to see to. */
export function rulesetsAndDeltas({ storage }: RoleResources): readonly Statement[] {
  return [artifacts(storage, 'RulesetsAndDeltas', ['s3:GetObject', 's3:PutObject'], 'rulesets')];
}

/** Alerts too large for a message. What was put is looked at: when it arrived, only S3 knows. */
export function largeAlerts({ storage }: RoleResources): readonly Statement[] {
  return [artifacts(storage, 'LargeAlerts', ['s3:GetObject', 's3:PutObject'], 'alerts')];
}

function artifacts({ artifacts: { arn } }: StorageHandles, sid: string, actions: readonly string[], folder: string) {
  const Resource = pulumi.interpolate`${arn}/${folder}/*`;
  return { Sid: sid, Effect: 'Allow', Action: actions, Resource } as const satisfies Statement;
}

/** Inventories, to be listed in place of the corpus. */
export function inventories({ storage: { inventories: bucket } }: RoleResources): readonly Statement[] {
  if (bucket === null) return [];
  const Resource = pulumi.interpolate`${bucket.arn}/*`;
  return [{ Sid: 'Inventories', Effect: 'Allow', Action: 's3:GetObject', Resource }];
}
