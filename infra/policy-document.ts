import * as pulumi from '@pulumi/pulumi';
import type { Statement } from './handles.ts';

/** A policy of these statements, as JSON, once all resources in it are known. */
export function policyDocument(statements: readonly Statement[]): pulumi.Output<string> {
  return pulumi.jsonStringify({ Version: '2012-10-17', Statement: statements });
}
