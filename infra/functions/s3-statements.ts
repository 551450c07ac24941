import * as pulumi from '@pulumi/pulumi';
import type { BucketHandle, ExistingBucketHandle, Statement, StorageHandles } from '../handles.ts';
import type { RoleResources } from './role-resources.ts';

/** Actions on an object by its name, as in buckets without versions, and on a version of it. */
const tagging = ['s3:GetObjectTagging', 's3:PutObjectTagging'] as const;
const versionTagging = ['s3:GetObjectVersionTagging', 's3:PutObjectVersionTagging'] as const;

/**
 * Actions of an analyzer on objects of the corpus: it reads them and, if configured, tags them and
 * moves them to quarantine.
 */
export function corpusObjects(
  { context, storage }: RoleResources,
  options: {
    /** Whether objects may be reported without their version, for example by direct invocation. */
    readonly byName: boolean;
  },
): readonly Statement[] {
  const { corpus, existing, quarantine } = storage;
  const { tagObjects, quarantine: quarantineConfig } = context.config;
  const tags = tagObjects || quarantineConfig.severities.length > 0;
  const moves = quarantine !== null && quarantineConfig.severities.length > 0;
  const ofVersions = [
    's3:GetObjectVersion',
    ...(tags ? versionTagging : []),
    ...(moves ? (['s3:DeleteObjectVersion'] as const) : []),
  ];
  const statements: Statement[] = [
    {
      Sid: 'CorpusObjects',
      Effect: 'Allow',
      // The stack's bucket keeps versions: actions affect the latest version only if no version was
      // given.
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

/**
 * To copy objects there with their tags, and to check for existing ones; without list permission, a
 * missing object looks forbidden.
 */
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
 * An analyzer lists nothing. But S3 reports a missing object as forbidden unless the caller may
 * list it, and then every file deleted before its scan would become a dead letter. S3 evaluates the
 * key as `s3:prefix`, so access to a part of a bucket is possible. It is not documented which of
 * the two permissions applies to a missing version.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export function corpusMissing({ storage }: RoleResources): readonly Statement[] {
  return onCorpora(storage, 'CorpusMissing', ['s3:ListBucket', 's3:ListBucketVersions']);
}

/** The batcher lists versions, and reads no content of the corpus. */
export function corpusListing({ storage }: RoleResources): readonly Statement[] {
  return onCorpora(storage, 'CorpusListing', ['s3:ListBucketVersions']);
}

/** On the buckets of the corpus; for partial ones, restricted to their part. */
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

/** Reads rulesets. */
export function rulesets({ storage }: RoleResources): readonly Statement[] {
  return [artifacts(storage, 'Rulesets', ['s3:GetObject'], 'rulesets')];
}

/**
 * Rulesets, including those that a retro scan builds for objects that lack a part of one. The
 * bucket itself prevents overwriting.
 */
export function rulesetsAndDeltas({ storage }: RoleResources): readonly Statement[] {
  return [artifacts(storage, 'RulesetsAndDeltas', ['s3:GetObject', 's3:PutObject'], 'rulesets')];
}

/**
 * Alerts too large for a message. The stored object is then read: only S3 knows when it arrived.
 */
export function largeAlerts({ storage }: RoleResources): readonly Statement[] {
  return [artifacts(storage, 'LargeAlerts', ['s3:GetObject', 's3:PutObject'], 'alerts')];
}

/** Reads the index of contents: what it excludes is not scanned. */
export function indexRead({ storage }: RoleResources): readonly Statement[] {
  return readingIndex(storage);
}

export function readingIndex(storage: Pick<StorageHandles, 'artifacts'>): readonly Statement[] {
  const { arn } = storage.artifacts;
  return [
    artifacts(storage, 'Index', ['s3:GetObject'], 'index'),
    {
      Sid: 'IndexListing',
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: arn,
      Condition: { StringLike: { 's3:prefix': 'index/*' } },
    },
  ];
}

/** Writes segments of the index, and reads none. */
export function indexWritten({ storage }: RoleResources): readonly Statement[] {
  return [artifacts(storage, 'IndexSegments', ['s3:PutObject'], 'index/segments')];
}

/** Joins segments of the index: the others read and write it, and remove nothing. */
export function indexJoined(resources: RoleResources): readonly Statement[] {
  return [
    ...indexRead(resources),
    artifacts(resources.storage, 'IndexJoined', ['s3:PutObject', 's3:DeleteObject'], 'index'),
  ];
}

function artifacts(
  { artifacts: { arn } }: Pick<StorageHandles, 'artifacts'>,
  sid: string,
  actions: readonly string[],
  folder: string,
) {
  const Resource = pulumi.interpolate`${arn}/${folder}/*`;
  return { Sid: sid, Effect: 'Allow', Action: actions, Resource } as const satisfies Statement;
}

/** Inventories, to be listed instead of the corpus. */
export function inventories({ storage: { inventories: bucket } }: RoleResources): readonly Statement[] {
  if (bucket === null) return [];
  const Resource = pulumi.interpolate`${bucket.arn}/*`;
  return [{ Sid: 'Inventories', Effect: 'Allow', Action: 's3:GetObject', Resource }];
}
