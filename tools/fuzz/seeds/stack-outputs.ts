const url = 'https://sqs.us-east-1.amazonaws.com/123456789012/q';
/** The used part of what `pulumi stack output --json` prints. */
export const stackOutputs = {
  ...{
    corpusBuckets: ['corpus', 'other/mail/'],
    artifactsBucket: 'artifacts',
    objectsTable: 'o',
    scansTable: 's',
    matchesTable: 'm',
  },
  ...{
    liveQueueUrl: url,
    liveDeadLetterUrl: url,
    retroQueueUrl: url,
    retroDeadLetterUrl: url,
    previewQueueUrl: url,
    previewDeadLetterUrl: url,
    alertTopicArn: 'arn',
    batcherFunction: 'f',
  },
  ...{
    versioned: true,
    maxObjectBytes: 1000,
    deadlineMs: '30000',
    tagObjects: 'false',
    quarantineSeverities: 'high, critical',
  },
};
