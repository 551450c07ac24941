/**
 * What the functions and the command line are told of the target in AWS: the name of each setting as the stack puts it out, and as an environment
 * variable. Constants alone, for whoever provisions them.
 */
export const awsSettings = {
  /** Buckets with files, `bucket` or `bucket/prefix`, comma-separated; uploads go to the first, which has no prefix. */
  corpusBuckets: 'REARVIEW_CORPUS_BUCKETS',
  /** Bucket of published rulesets, and of alerts too large for a message. */
  artifactsBucket: 'REARVIEW_ARTIFACTS_BUCKET',
  objectsTable: 'REARVIEW_OBJECTS_TABLE',
  scansTable: 'REARVIEW_SCANS_TABLE',
  matchesTable: 'REARVIEW_MATCHES_TABLE',
  liveQueueUrl: 'REARVIEW_LIVE_QUEUE_URL',
  liveDeadLetterUrl: 'REARVIEW_LIVE_DEAD_LETTER_URL',
  retroQueueUrl: 'REARVIEW_RETRO_QUEUE_URL',
  retroDeadLetterUrl: 'REARVIEW_RETRO_DEAD_LETTER_URL',
  /** Batches of previews have a queue of their own, so that they delay no retro scan. */
  previewQueueUrl: 'REARVIEW_PREVIEW_QUEUE_URL',
  previewDeadLetterUrl: 'REARVIEW_PREVIEW_DEAD_LETTER_URL',
  alertTopicArn: 'REARVIEW_ALERT_TOPIC_ARN',
  /** Topic that operators are notified by when the active ruleset changes. Default: none. */
  operationsTopicArn: 'REARVIEW_OPERATIONS_TOPIC_ARN',
  /** Name or ARN of the function that plans retro scans. */
  batcherFunction: 'REARVIEW_BATCHER_FUNCTION',
  /** `true` where corpus buckets keep versions; others beside them may keep none. Default: true. */
  versioned: 'REARVIEW_VERSIONED',
  /** Bytes. Default: 268435456 (256 MiB). */
  maxObjectBytes: 'REARVIEW_MAX_OBJECT_BYTES',
  /** `skip` or `head`: what becomes of larger objects. Default: skip. */
  largeFiles: 'REARVIEW_LARGE_FILES',
  /** Milliseconds that the scan of one object may take. Default: 30000. */
  deadlineMs: 'REARVIEW_DEADLINE_MS',
  /** `maxReceiveCount` of the queues' redrive policies. Default: 3. */
  maxReceives: 'REARVIEW_MAX_RECEIVES',
  /** `rearview` or `binaryalert`. Default: rearview. */
  alertFormat: 'REARVIEW_ALERT_FORMAT',
  /** `true`: every object is tagged with its verdict. Default: false. */
  tagObjects: 'REARVIEW_TAG_OBJECTS',
  /** Topic that is told of every file that arrives and in which nothing was found. Default: none. */
  cleanTopicArn: 'REARVIEW_CLEAN_TOPIC_ARN',
  /** Severities, comma-separated, whose matches put an object in quarantine. Default: none. */
  quarantineSeverities: 'REARVIEW_QUARANTINE_SEVERITIES',
  /** Bucket that such objects are moved to. Default: they are tagged and stay. */
  quarantineBucket: 'REARVIEW_QUARANTINE_BUCKET',
  /** Limits of previews as JSON: src/targets/preview-limits.ts. The target on one machine reads them, too. Default: those of the configuration. */
  previews: 'REARVIEW_PREVIEWS',
  /**
   * Public key that rulesets have to be signed with to be used as they are: SPKI in DER, as base64. Default: none is, and their sources are compiled.
   */
  rulesetPublicKey: 'REARVIEW_RULESET_PUBLIC_KEY',
  /** ARN of the KMS key that signs rulesets: for the command line, which publishes. Default: nothing can be published. */
  rulesetSigningKeyArn: 'REARVIEW_RULESET_SIGNING_KEY_ARN',
} as const;

export type AwsSettingName = keyof typeof awsSettings;

/** Settings that only the command line uses: functions sign nothing. */
export const publisherSettings = ['rulesetSigningKeyArn'] as const satisfies readonly AwsSettingName[];
