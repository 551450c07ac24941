import { jsonOf } from '../../../src/handlers/events/work-items.ts';
import { readAwsConfig } from '../../../src/targets/aws/aws-config.ts';
import { awsSettings } from '../../../src/targets/aws/aws-settings.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';
import { readJson } from '../mutate/tree.ts';
import { stackOutputs } from '../seeds/stack-outputs.ts';

/** Outputs of a stack, and variables of the environment. */
export const target: FuzzTarget = {
  name: 'aws-config',
  of: ['src/targets/aws/aws-config.ts', 'src/targets/aws/corpus-buckets.ts'],
  syntax: 'json',
  seeds: () => [JSON.stringify(stackOutputs), JSON.stringify({ ...stackOutputs, corpusBuckets: 'corpus,other/a' })],
  words: [...Object.keys(awsSettings), 'corpus', 'corpus/', 'a/b,c', 'http://x', '1e9', 'true'],
  run(input) {
    const json = readJson(input.toString());
    if (typeof json !== 'object' || json === null) return 'no object';
    const texts = Object.entries(json).map(([name, value]) => [`REARVIEW_${name}`, jsonOf(value)]);
    const config = readAwsConfig(Object.fromEntries(texts), Object.fromEntries(Object.entries(json)));
    require(config.corpusBuckets[0]?.prefix === '', 'the first bucket takes uploads');
    require(Number.isSafeInteger(config.maxObjectBytes) && config.maxObjectBytes >= 1, 'a size is a number of bytes');
    return 'configured';
  },
};
