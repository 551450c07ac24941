import * as z from 'zod';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import { unpackLimitsOf, unpackSchema } from '../../domain/inside/limits-schema.ts';
import { checkShape } from '../../domain/text/check-shape.ts';
import { mustBe } from '../../domain/text/plain-issues.ts';
import { publicKeyOf } from '../../rules/file/ruleset-signature.ts';
import { awsPreviewLimits } from '../preview-limits.ts';
import { readJson } from '../read-json.ts';
import { defaultDeadlineMs, defaultLargeFiles, defaultMaxObjectBytes, defaultMaxReceives } from '../target.ts';
import { type AwsSettingName, awsSettings } from './aws-settings.ts';
import { corpusBuckets } from './corpus-buckets.ts';

const name = z.string().min(1, 'is empty');
const list = z
  .union([z.string().transform((text) => text.split(',').map((each) => each.trim())), z.array(z.string())], {
    error: ({ input }) => mustBe('a list of texts', input),
  })
  .transform((all) => all.filter((each) => each !== ''));
const count = (least: number) =>
  z
    .union([z.number(), z.string()], { error: ({ input }) => mustBe('a whole number', input) })
    .transform((value, context): number => {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      if (typeof number === 'number' && Number.isSafeInteger(number) && number >= least) return number;
      context.addIssue({ code: 'custom', message: mustBe(`a whole number of ${least} or more`, value) });
      return z.NEVER;
    });
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')], {
  error: ({ input }) => mustBe('true or false', input),
});
const url = z.url({ error: ({ input }) => mustBe('a URL', input) });
const publicKey = z.string().check((context) => {
  try {
    publicKeyOf(Buffer.from(context.value, 'base64'));
  } catch (error) {
    context.issues.push({ code: 'custom', input: context.value, message: messageOf(error) });
  }
});

const unpackSetting = z.preprocess((value) => readJson(value ?? {}), unpackSchema).transform(unpackLimitsOf);

const config = z.object({
  corpusBuckets,
  artifactsBucket: name,
  objectsTable: name,
  scansTable: name,
  matchesTable: name,
  liveQueueUrl: url,
  liveDeadLetterUrl: url,
  retroQueueUrl: url,
  retroDeadLetterUrl: url,
  previewQueueUrl: url,
  previewDeadLetterUrl: url,
  alertTopicArn: name,
  operationsTopicArn: name.optional(),
  batcherFunction: name,
  versioned: flag.default(true),
  maxObjectBytes: count(1).default(defaultMaxObjectBytes),
  largeFiles: z.enum(['skip', 'head']).default(defaultLargeFiles),
  unpack: unpackSetting,
  deadlineMs: count(1).default(defaultDeadlineMs),
  maxReceives: count(1).default(defaultMaxReceives),
  alertFormat: z.enum(['rearview', 'binaryalert']).default('rearview'),
  tagObjects: flag.default(false),
  cleanTopicArn: name.optional(),
  quarantineSeverities: list.default([]).transform((all) => all.map((each) => each.toLowerCase())),
  quarantineBucket: name.optional(),
  previews: awsPreviewLimits,
  rulesetPublicKey: publicKey.optional(),
  rulesetSigningKeyArn: name.optional(),
  /** Region of the stack, from its outputs. Default: that of the SDK (`AWS_REGION`, the profile). */
  region: name.optional(),
});

/** The configuration of the AWS target. */
export type AwsConfig = z.infer<typeof config>;

const settingNames = Object.keys(awsSettings) as AwsSettingName[];

/**
 * Reads the settings from environment variables, and missing ones from the outputs of the stack.
 *
 * @param outputs the object that `pulumi stack output --json` prints; anything that is not a
 *   setting is ignored
 * @throws RearviewError `ERR_CONFIG` naming each setting that is missing or invalid
 */
export function readAwsConfig(env: Env, outputs: Outputs = {}): AwsConfig {
  return parseSettings(config, env, outputs);
}

/**
 * Reads only the settings of the corpus, which are enough for a host that uploads.
 * @throws RearviewError as `readAwsConfig`
 */
export function readAwsCorpus(env: Env, outputs: Outputs = {}): AwsCorpus {
  return parseSettings(config.pick({ corpusBuckets: true, versioned: true, region: true }), env, outputs);
}

/** Settings of the corpus. */
export type AwsCorpus = Pick<AwsConfig, 'corpusBuckets' | 'versioned' | 'region'>;

type Env = Readonly<Record<string, string | undefined>>;
type Outputs = Readonly<Record<string, unknown>>;

function parseSettings<T>(schema: z.ZodType<T>, env: Env, outputs: Outputs): T {
  const settings = Object.fromEntries(
    settingNames.flatMap((each) => {
      const given = env[awsSettings[each]];
      // Templates produce an empty variable to leave a setting out.
      const value = given === undefined || given === '' ? outputs[each] : given;
      return value === undefined || value === '' ? [] : [[each, value]];
    }),
  );
  // The names are those of one region, so it is not replaced by the one that happens to be set.
  const { region } = outputs;
  const values: Outputs = region === undefined || region === '' ? settings : { ...settings, region };
  const parsed = checkShape(schema, values);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path: [first, ...rest], message }) => {
    const setting = settingNames.find((each) => each === first);
    if (setting === undefined) return `stack output ${String(first)}: ${message}`;
    const where = `${awsSettings[setting]} (stack output ${setting})`;
    if (!(setting in values)) return `${where} is missing`;
    return `${where}: ${rest.length === 0 ? '' : `${rest.map(String).join('.')} `}${message}`;
  });
  throw new RearviewError('ERR_CONFIG', [
    'The target in AWS is not configured:',
    ...problems.map((each) => `  ${each}`),
  ]);
}
