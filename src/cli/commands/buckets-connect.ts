import { z } from 'zod';
import { RearviewError } from '../../domain/errors.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { defineCommand } from '../define-command.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { switchFlag } from '../flags/flags.ts';
import { errorReport, jsonLine, painter, plural, printLine, safeText } from '../output/output.ts';
import { type Connected, connectBucket } from '../wiring/buckets.ts';
import { withS3 } from '../wiring/with-s3.ts';
import { awsCorpus } from '../wiring/with-target.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, and the names of old buckets */
const bucketName = /^[A-Za-z0-9][A-Za-z0-9._-]{2,254}$/;

/** `buckets connect`. */
export const bucketsConnect = defineCommand({
  description:
    'Turns on EventBridge for buckets that were there before, and leaves their other notifications (to queues, topics and functions) as they are; their destinations are not looked at. What is on already is left alone. With credentials of the account that owns a bucket it needs no settings, only its name. Takes effect after about five minutes.\n\nS3 replaces all notifications of a bucket at once: they are read before and after, and where somebody else changes them at the same time that is said. Do not run it while other tools change the bucket. Ends with 1 where somebody did, with 2 where a bucket cannot be asked or changed.',
  args: [
    ['[buckets...]', 'Names of buckets. Default: those of the corpus but the first, which the stack looks after.'],
  ],
  flags: [
    ['--dry-run', 'Say what would be done, and change nothing.'],
    ['--owner <account>', 'Account that must own the buckets: 12 digits. Default: any.'],
    [
      '--json',
      'JSON, one bucket a line: bucket, status (connected, would_connect, already, failed), other notifications or why.',
    ],
  ],
  options: z.object({
    dryRun: switchFlag,
    owner: z
      .string()
      .regex(/^\d{12}$/, { error: ({ input }) => `"${String(input)}" is no account: write 12 digits.` })
      .optional(),
    json: switchFlag,
  }),
  examples: [
    'rearview buckets connect --stack-outputs outputs.json --dry-run',
    'rearview buckets connect mail-archive --owner 111122223333',
  ],
  async run(context, { args, options, globals }) {
    const { dryRun, owner, json } = options;
    const names = args.length > 0 ? args.map(requireName) : await othersOf(globals);
    if (names.length === 0) {
      await printLine(context.stderr, 'The corpus has one bucket alone, which the stack looks after.');
    }
    return withS3(async (client) => {
      let worst: number = exitCodes.ok;
      for (const bucket of new Set(names)) {
        const place = { client, bucket, ...(owner === undefined ? {} : { owner }) };
        try {
          await tell(context, bucket, await connectBucket(place, { dryRun }), json);
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
  throw new RearviewError('ERR_USAGE', `"${text}" is no bucket: write its name alone, without s3:// and prefix.`);
}

async function othersOf(globals: GlobalOptions): Promise<readonly string[]> {
  const { corpusBuckets } = await awsCorpus(globals);
  return corpusBuckets.slice(1).map(({ name }) => name);
}

const sayings = {
  connected: 'EventBridge is on now',
  would_connect: 'EventBridge is off and would be turned on',
  already: 'EventBridge is on already',
} as const;

async function tell(
  { stdout }: CliContext,
  bucket: string,
  { status, destinations }: Connected,
  json: boolean,
): Promise<void> {
  if (json) return printLine(stdout, jsonLine({ bucket, status, destinations }));
  const others =
    destinations.length === 0 ? 'no other notifications' : plural(destinations.length, 'other notification');
  await printLine(stdout, safeText(`${bucket}  ${sayings[status]}; ${others}`));
  for (const { kind, arn, events } of destinations) {
    await printLine(stdout, safeText(`  kept: ${events.join(', ')} to the ${kind} ${arn}`));
  }
}
