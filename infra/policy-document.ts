import * as pulumi from '@pulumi/pulumi';
import type { Statement } from './handles.ts';

/** A policy of these statements, as JSON, once all that they name is known. */
export function policyDocument(statements: readonly Statement[]): pulumi.Output<string> {
  return pulumi.jsonStringify({ Version: '2012-10-17', Statement: statements });
}
