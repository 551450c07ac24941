import * as pulumi from '@pulumi/pulumi';

/** Outputs, once all of them are known. */
export function resolved(
  outputs: Readonly<Record<string, pulumi.Input<unknown>>>,
): Promise<Readonly<Record<string, unknown>>> {
  return new Promise((resolve) => pulumi.output({ ...outputs }).apply(resolve));
}
