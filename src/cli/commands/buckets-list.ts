import { defineCommand } from '../define-command.ts';
import { flagSet } from '../flags/flag.ts';
import { switchFlag } from '../flags/flags.ts';
import { jsonLine, printLine, safeText, table } from '../output/output.ts';
import { describeBucket } from '../wiring/buckets.ts';
import { awsCorpus } from '../wiring/open-aws.ts';
import { withS3 } from '../wiring/with-s3.ts';

/** `buckets list`. */
export const bucketsList = defineCommand({
  description:
    'List the buckets of the corpus; the first one takes uploads.\n\nFor each bucket: the prefix of the corpus, versioning, whether events go to EventBridge, and the number of other notifications. Settings that cannot be read are shown as not known.',
  flags: [
    [
      '--json',
      'Print JSON, one bucket a line: bucket, prefix, versioning (Enabled, Suspended, Never), eventBridge, destinations, problems; null if not known.',
    ],
  ],
  options: flagSet({ json: switchFlag }),
  examples: ['rearview buckets list --stack-outputs outputs.json'],
  async run({ stdout, stderr }, { options, globals }) {
    const { corpusBuckets, region } = await awsCorpus(globals);
    const found = await withS3(region, (client) =>
      Promise.all(
        corpusBuckets.map(async ({ name: bucket, prefix }) => ({
          ...{ bucket, prefix },
          ...(await describeBucket(client, bucket)),
        })),
      ),
    );
    if (options.json) for (const each of found) await printLine(stdout, jsonLine(each));
    else {
      const rows = found.map(({ bucket, prefix, versioning, eventBridge, destinations }) => [
        ...[bucket, versioning ?? '?', eventBridge === null ? '?' : eventBridge ? 'on' : 'off'],
        ...[destinations?.length ?? '?', safeText(prefix)],
      ]);
      await printLine(stdout, table(['BUCKET', 'VERSIONING', 'EVENTBRIDGE', 'OTHERS', 'PREFIX'], rows));
    }
    for (const problem of new Set(found.flatMap(({ problems }) => problems)))
      await printLine(stderr, safeText(problem));
    return 0;
  },
});
