import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { StackContext } from '../context.ts';
import type { Statement } from '../handles.ts';
import { policyDocument } from '../policy-document.ts';

/**
 * The maximum of KMS: encrypted data is lost with its key.
 * https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
 */
const deletionWindowInDays = 30;

export interface EncryptionKeyOptions {
  /** Last part of the alias. */
  readonly part: string;
  /** Description of the encrypted data, shown in the console. */
  readonly description: string;
  readonly statements: readonly Statement[];
}

/** A KMS key of the stack, rotated every year, with an alias. */
export class EncryptionKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(context: StackContext, options: EncryptionKeyOptions, opts?: pulumi.ComponentResourceOptions) {
    const { part, description, statements } = options;
    super('rearview:storage:EncryptionKey', `${part}-key`, {}, opts);
    const key = new aws.kms.Key(
      `${part}-key`,
      {
        description: `${context.names.base}: ${description}`,
        enableKeyRotation: true,
        deletionWindowInDays,
        policy: policyDocument(statements),
        tags: context.tags,
      },
      { parent: this, protect: context.config.protect },
    );
    new aws.kms.Alias(
      `${part}-key-alias`,
      { name: `alias/${context.names.of(part)}`, targetKeyId: key.keyId },
      { parent: this },
    );
    this.arn = key.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
