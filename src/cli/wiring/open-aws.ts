import * as z from 'zod';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import { maxSettingsBytes, readTextFile } from '../../files/read-regular-file.ts';
import type { Signer } from '../../ports/signer.ts';
import type { AwsConfig, AwsCorpus } from '../../targets/aws/aws-config.ts';
import type { AwsTarget } from '../../targets/aws/aws-target.ts';
import type { LocalTargetOptions } from '../../targets/local/local-target.ts';
import type { GlobalOptions } from '../context.ts';

type SettingsReader<T> = (env: GlobalOptions['env'], outputs: Readonly<Record<string, unknown>>) => T;

/**
 * Opens the target in AWS, with a region and credentials.
 * @throws RearviewError as `awsConfig` and `requireIdentity`
 */
export async function openAws(
  globals: GlobalOptions,
  { observe }: Pick<LocalTargetOptions, 'observe'> = {},
): Promise<AwsTarget> {
  const [{ openAwsTarget }, { requireIdentity }] = await Promise.all([
    import('../../targets/aws/aws-target.ts'),
    import('../../targets/aws/require-identity.ts'),
  ]);
  const target = openAwsTarget({
    ...{ config: await awsConfig(globals), signer: stackSigner },
    ...(observe === undefined ? {} : { observe }),
  });
  try {
    await requireIdentity(target.clients.s3);
    return target;
  } catch (error) {
    await target.close();
    throw error;
  }
}

async function stackSigner(config: AwsConfig): Promise<Signer> {
  const { createStackSigner } = await import('../../targets/aws/stack-signer.ts');
  return createStackSigner(config);
}

/**
 * The settings of the target `aws`.
 * @throws RearviewError `ERR_CONFIG` naming the file, or each setting that is missing or wrong
 */
export async function awsConfig(globals: GlobalOptions): Promise<AwsConfig> {
  const { readAwsConfig } = await import('../../targets/aws/aws-config.ts');
  return fromSettings(globals, readAwsConfig);
}

/** The corpus settings of the target `aws`. */
export async function awsCorpus(globals: GlobalOptions): Promise<AwsCorpus> {
  const { readAwsCorpus } = await import('../../targets/aws/aws-config.ts');
  return fromSettings(globals, readAwsCorpus);
}

async function fromSettings<T>({ env, stackOutputs }: GlobalOptions, read: SettingsReader<T>): Promise<T> {
  try {
    return read(env, stackOutputs === null ? {} : await readOutputs(stackOutputs));
  } catch (error) {
    if (stackOutputs !== null || !(error instanceof RearviewError)) throw error;
    throw new RearviewError(
      error.code,
      [
        ...error.lines,
        'Set the variables, or pass the outputs of the stack: pulumi stack output --json > outputs.json, then --stack-outputs outputs.json.',
      ],
      { cause: error },
    );
  }
}

async function readOutputs(file: string): Promise<Record<string, unknown>> {
  const unusable = (why: string, cause?: unknown) =>
    new RearviewError('ERR_CONFIG', `${file}: ${why}: use the output of "pulumi stack output --json".`, { cause });
  let text: string;
  try {
    text = await readTextFile(file, { maxBytes: maxSettingsBytes });
  } catch (cause) {
    throw unusable(`it cannot be read (${messageOf(cause)})`, cause);
  }
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (cause) {
    throw unusable('it is not a JSON object', cause);
  }
}
