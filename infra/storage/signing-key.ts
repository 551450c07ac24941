import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { StackContext } from '../context.ts';
import type { SigningKeyHandle } from '../handles.ts';
import { policyDocument } from '../policy-document.ts';
import { signingKeyStatements } from './key-policies.ts';

/** The maximum of KMS: https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html */
const deletionWindowInDays = 30;

/**
 * The key pair that signs rulesets. Its private half never leaves KMS. Scanners verify a ruleset
 * with the public half, without calling KMS. KMS does not rotate asymmetric keys.
 */
export class SigningKey extends pulumi.ComponentResource implements SigningKeyHandle {
  readonly arn: pulumi.Output<string>;
  readonly publicKey: pulumi.Output<string>;

  constructor(context: StackContext, opts?: pulumi.ComponentResourceOptions) {
    super('rearview:storage:SigningKey', 'rulesets-key', {}, opts);
    const key = new aws.kms.Key(
      'rulesets-key',
      {
        description: `${context.names.base}: signs rulesets`,
        keyUsage: 'SIGN_VERIFY',
        customerMasterKeySpec: 'ECC_NIST_P256',
        deletionWindowInDays,
        policy: policyDocument(signingKeyStatements(context)),
        tags: context.tags,
      },
      { parent: this, protect: context.config.protect },
    );
    new aws.kms.Alias(
      'rulesets-key-alias',
      { name: `alias/${context.names.of('rulesets')}`, targetKeyId: key.keyId },
      { parent: this },
    );
    this.arn = key.arn;
    this.publicKey = aws.kms.getPublicKeyOutput({ keyId: key.arn }, { parent: this }).publicKey;
    this.registerOutputs({ arn: this.arn, publicKey: this.publicKey });
  }
}
