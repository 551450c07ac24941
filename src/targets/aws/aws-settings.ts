/**
 * Settings of the AWS target for the functions and the command line: the name of each as a stack
 * output and as an environment variable. Constants only, so that the infrastructure program can
 * import them.
 */
export const awsSettings = {
  /**
   * Corpus buckets, `bucket` or `bucket/prefix`, comma-separated; uploads go to the first, which
   * has no prefix.
   */
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
  /** Batches of previews have their own queue, so that they delay no retro scan. */
  previewQueueUrl: 'REARVIEW_PREVIEW_QUEUE_URL',
  previewDeadLetterUrl: 'REARVIEW_PREVIEW_DEAD_LETTER_URL',
  alertTopicArn: 'REARVIEW_ALERT_TOPIC_ARN',
  /** Topic that notifies operators of changes of the active ruleset. Default: none. */
  operationsTopicArn: 'REARVIEW_OPERATIONS_TOPIC_ARN',
  /** Name or ARN of the function that plans retro scans. */
  batcherFunction: 'REARVIEW_BATCHER_FUNCTION',
  /** `true` if corpus buckets keep versions; others next to them may keep none. Default: true. */
  versioned: 'REARVIEW_VERSIONED',
  /** Bytes. Default: 268435456 (256 MiB). */
  maxObjectBytes: 'REARVIEW_MAX_OBJECT_BYTES',
  /** `skip` or `head`: handling of larger objects. Default: skip. */
  largeFiles: 'REARVIEW_LARGE_FILES',
  /**
   * Limits for members of objects as JSON, like `unpack` of rearview.yaml. Default: those of
   * src/domain/inside/limits.ts.
   */
  unpack: 'REARVIEW_UNPACK',
  /** Milliseconds for the scan of one object. Default: 30000. */
  deadlineMs: 'REARVIEW_DEADLINE_MS',
  /** `maxReceiveCount` of the queues' redrive policies. Default: 3. */
  maxReceives: 'REARVIEW_MAX_RECEIVES',
  /** `rearview` or `binaryalert`. Default: rearview. */
  alertFormat: 'REARVIEW_ALERT_FORMAT',
  /** `true`: every object is tagged with its verdict. Default: false. */
  tagObjects: 'REARVIEW_TAG_OBJECTS',
  /** Topic for notices of new files without matches. Default: none. */
  cleanTopicArn: 'REARVIEW_CLEAN_TOPIC_ARN',
  /** Severities, comma-separated, whose matches put an object in quarantine. Default: none. */
  quarantineSeverities: 'REARVIEW_QUARANTINE_SEVERITIES',
  /** Bucket for such objects. Default: they are tagged and stay. */
  quarantineBucket: 'REARVIEW_QUARANTINE_BUCKET',
  /**
   * Limits of previews as JSON: src/targets/preview-limits.ts. The local target also reads them.
   * Default: those of the configuration.
   */
  previews: 'REARVIEW_PREVIEWS',
  /**
   * Public key that must have signed a ruleset for it to be used unchanged: SPKI in DER, as base64.
   * Without it, the sources are compiled.
   */
  rulesetPublicKey: 'REARVIEW_RULESET_PUBLIC_KEY',
  /**
   * ARN of the KMS key that signs rulesets: for the command line, which publishes. Without it,
   * nothing can be published.
   */
  rulesetSigningKeyArn: 'REARVIEW_RULESET_SIGNING_KEY_ARN',
} as const;

export type AwsSettingName = keyof typeof awsSettings;

/** Settings that only the command line uses: functions sign nothing. */
export const publisherSettings = ['rulesetSigningKeyArn'] as const satisfies readonly AwsSettingName[];
