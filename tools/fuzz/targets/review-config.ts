import { parseYaml } from '../../../src/files/yaml/yaml-places.ts';
import { reviewConfigSchema } from '../../../src/gates/review-config.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';
import { configSeeds, yamlWords } from '../seeds/yaml.ts';

/** `rearview.yaml` is read, or refused with a position in it. */
export const target: FuzzTarget = {
  name: 'review-config',
  of: ['src/gates/review-config.ts', 'src/files/yaml/yaml-places.ts'],
  syntax: 'yaml',
  seeds: configSeeds,
  words: [...yamlWords, 'goodware:', 'forecast:', 'preview:', 'staged:', 'maxDollars', 'sample', 'prefix', 'roots'],
  maxBytes: 20_000,
  run(input) {
    const { value, problems, diagnose } = parseYaml('rearview.yaml', input.toString(), 'config');
    if (problems.length > 0) return 'not YAML';
    const parsed = reviewConfigSchema.safeParse(value ?? {});
    if (parsed.success) return 'read';
    const found = diagnose(parsed.error.issues);
    require(found.every(
      ({ line, column, message }) => line >= 1 && column >= 1 && message !== '',
    ), 'an issue has a place');
    return 'refused';
  },
};
