import { RearviewError } from '../../domain/errors.ts';
import type { CliContext } from '../context.ts';
import { defineCommand } from '../define-command.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { flagSet } from '../flags/flag.ts';
import { matching, switchFlag } from '../flags/flags.ts';
import { errorReport, jsonLine, painter, plural, printLine, safeText } from '../output/output.ts';
import { type Connected, connectBucket } from '../wiring/buckets.ts';
import { awsCorpus } from '../wiring/open-aws.ts';
import { withS3 } from '../wiring/with-s3.ts';

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, and the names of
 * old buckets
 */
const bucketName = /^[A-Za-z0-9][A-Za-z0-9._-]{2,254}$/;

/** `buckets connect`. */
export const bucketsConnect = defineCommand({
  description:
    'Send the events of existing buckets to EventBridge; other notifications stay as they are.\n\nS3 replaces all notifications of a bucket at once: do not run this while another tool changes them. Takes effect after about five minutes. With credentials of the bucket owner, no settings are needed.\nEnds with 1 if another writer changed a bucket meanwhile; with 2 if a bucket cannot be read or changed.',
  args: [['[buckets...]', 'Names of buckets. Default: the corpus buckets except the first, which the stack connects.']],
  flags: [
    ['--dry-run', 'Show what would change, and change nothing.'],
    ['--owner <account>', 'Account that must own the buckets: 12 digits. Default: any.'],
    [
      '--json',
      'Print JSON, one bucket a line: bucket, status (connected, would_connect, already, failed), other notifications or the reason.',
    ],
  ],
  options: flagSet({
    dryRun: switchFlag,
    owner: matching(/^\d{12}$/, (text) => `Invalid account "${text}": use 12 digits.`).optional(),
    json: switchFlag,
  }),
  examples: [
    'rearview buckets connect --stack-outputs outputs.json --dry-run',
    'rearview buckets connect mail-archive --owner 111122223333',
  ],
  async run(context, { args, options, globals }) {
    const { dryRun, owner, json } = options;
    const isAlone = args.length > 0 && globals.stackOutputs === null;
    const corpus = isAlone ? null : await awsCorpus(globals);
    const names =
      args.length > 0 ? args.map(requireName) : (corpus?.corpusBuckets ?? []).slice(1).map(({ name }) => name);
    if (names.length === 0) {
      await printLine(context.stderr, 'The corpus has only one bucket, which the stack connects.');
    }
    return withS3(corpus?.region, async (client) => {
      let worst: number = exitCodes.ok;
      for (const bucket of new Set(names)) {
        const place = { client, bucket, ...(owner === undefined ? {} : { owner }) };
        try {
          await print(context, bucket, await connectBucket(place, { dryRun }), json);
        } catch (error) {
          if (!(error instanceof RearviewError)) throw error;
          // The others are not to wait for this one.
          worst = Math.max(worst, exitCodeOf(error));
          await printLine(context.stderr, errorReport(error, painter(context, 'stderr')));
          const { code, message: detail } = error;
          if (json) await printLine(context.stdout, jsonLine({ bucket, status: 'failed', code, detail }));
        }
      }
      return worst;
    });
  },
});

function requireName(text: string): string {
  if (bucketName.test(text)) return text;
  throw new RearviewError('ERR_USAGE', `Invalid bucket "${text}": use the name without s3:// and prefix.`);
}

const statusTexts = {
  connected: 'EventBridge is now on',
  would_connect: 'EventBridge is off and would be turned on',
  already: 'EventBridge is already on',
} as const;

async function print(
  { stdout }: CliContext,
  bucket: string,
  { status, destinations }: Connected,
  json: boolean,
): Promise<void> {
  if (json) return printLine(stdout, jsonLine({ bucket, status, destinations }));
  const others =
    destinations.length === 0 ? 'no other notifications' : plural(destinations.length, 'other notification');
  await printLine(stdout, safeText(`${bucket}  ${statusTexts[status]}; ${others}`));
  for (const { kind, arn, events } of destinations) {
    await printLine(stdout, safeText(`  kept: ${events.join(', ')} to the ${kind} ${arn}`));
  }
}
