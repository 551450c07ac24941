import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { ExecutionContext } from 'ava';
import { publishRuleset } from '../../app/rulesets/publish-ruleset.ts';
import type { RulesetLibrary } from '../../app/rulesets/ruleset-library.ts';
import { checkAwsTarget } from '../../cli/doctor/check-aws.ts';
import type { CheckResult } from '../../cli/doctor/check-result.ts';
import { buildImage } from '../../engine/build-image.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import { buildRuleset } from '../../rules/ruleset.ts';
import { createAwsClients } from '../../targets/aws/aws-clients.ts';
import { type AwsConfig, readAwsConfig } from '../../targets/aws/aws-config.ts';
import { type AwsTarget, openAwsTarget } from '../../targets/aws/aws-target.ts';
import { ruleFor } from '../local/test-target.ts';
import { type AwsServices, type AwsServicesOptions, startAwsServices } from './aws-services.ts';
import { type LambdaSetup, startLambdaControl } from './lambda-control.ts';

/** Everything in AWS as it should be, for a test to put one thing wrong. */
export interface SoundAws {
  readonly services: AwsServices;
  readonly config: AwsConfig;
  /** The setup that Lambda reports. */
  readonly lambda: LambdaSetup;
  /** The endpoint of Lambda. */
  readonly endpoint: string;
  readonly target: AwsTarget;
  /** Returns the ARN of the queue with this URL. */
  arnOf(queueUrl: string): Promise<string>;
  /** Runs doctor with other settings or endpoints. */
  check(changes?: Partial<AwsConfig>, endpoints?: Readonly<Record<string, string>>): Promise<readonly CheckResult[]>;
}

export async function startSoundAws(t: ExecutionContext, options: AwsServicesOptions = {}): Promise<SoundAws> {
  const services = await startAwsServices(t, options);
  const config = readAwsConfig(services.env);
  const arnOf = async (QueueUrl: string) => {
    const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
    return (await services.sqs.send(asked)).Attributes?.['QueueArn'] ?? '';
  };
  const active = { state: 'Active', timeoutSeconds: 30 };
  const lambda: LambdaSetup = {
    functions: { batcher: active, 'live-analyzer': active, 'retro-analyzer': active },
    mappings: {
      [await arnOf(config.liveQueueUrl)]: [{ function: 'live-analyzer', state: 'Enabled' }],
      [await arnOf(config.retroQueueUrl)]: [{ function: 'retro-analyzer', state: 'Enabled' }],
      [await arnOf(config.previewQueueUrl)]: [{ function: 'retro-analyzer', state: 'Enabled' }],
    },
    unreserved: 1000,
    denied: [],
  };
  const { endpoint } = await startLambdaControl(t, lambda);
  const open = (changes: Partial<AwsConfig> = {}, endpoints: Readonly<Record<string, string>> = {}) => {
    const clients = createAwsClients({
      ...{ region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } },
      endpoints: { ...services.endpoints, lambda: endpoint, ...endpoints },
    });
    const target = openAwsTarget({ config: { ...config, ...changes }, clients, signer: async () => services.signer });
    t.teardown(() => target.close());
    return target;
  };
  const target = open();
  await publishOne(target.library, 'alpha', { withImage: true });
  return {
    ...{ services, config, lambda, endpoint, target, arnOf },
    check: async (changes, endpoints) => checkAwsTarget(open(changes, endpoints)),
  };
}

/** Publishes a ruleset of one rule. */
export async function publishOne(
  library: RulesetLibrary,
  text: string,
  { withImage }: { readonly withImage: boolean },
): Promise<void> {
  const sources = [{ namespace: 'a.yar', source: ruleFor('Alpha', text) }];
  const image = withImage ? await buildImage(sources) : null;
  await publishRuleset(library, { ...buildRuleset(sources, engineInfo()), image }, { now: Date.now });
}

/**
 * Asserts that the checks that are not `ok` are these, in this order: one fault must not show
 * elsewhere.
 */
export function onlyFaults(t: ExecutionContext, results: readonly CheckResult[], ...patterns: readonly RegExp[]): void {
  const found = results
    .filter(({ status }) => status !== 'ok')
    .map(({ status, check, detail }) => `${status} ${check}: ${detail}`);
  t.is(found.length, patterns.length, found.join('\n'));
  for (const [index, pattern] of patterns.entries()) t.regex(found[index] ?? '', pattern);
}
