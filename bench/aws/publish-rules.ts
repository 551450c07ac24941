import { publishRuleset } from '../../src/app/rulesets/publish-ruleset.ts';
import type { Ruleset } from '../../src/domain/rulesets/ruleset.ts';
import { buildImage } from '../../src/engine/build-image.ts';
import { engineInfo } from '../../src/engine/module/engine-module.ts';
import { loadRules } from '../../src/rules/load-rules.ts';
import { buildRuleset } from '../../src/rules/ruleset.ts';
import type { AwsTarget } from '../../src/targets/aws/aws-target.ts';
import { marker } from './objects.ts';

/** Applies to the corpus independently of the other rules: one object in a hundred matches it. */
const ownRule = {
  source: `rule Bench_Marker { meta: severity = "low" strings: $a = "${marker}" condition: $a }`,
};

/**
 * Publishes the rules of a folder, and one of the benchmark.
 * @param options.withImage default: true
 */
export async function publishRules(
  target: AwsTarget,
  rulesDir: string,
  { withImage = true }: { readonly withImage?: boolean } = {},
): Promise<Ruleset> {
  const loaded = await loadRules(rulesDir);
  // A separate name, and so a separate id: the content stored under an id never changes.
  const namespace = withImage ? 'bench' : 'bench-without-image';
  const sources = [
    ...loaded.files.map((file) => ({ namespace: file.namespace, source: file.source })),
    { namespace, ...ownRule },
  ];
  const ruleset = { ...buildRuleset(sources, engineInfo()), image: withImage ? await buildImage(sources) : null };
  await publishRuleset(target.library, ruleset, { now: Date.now });
  return ruleset;
}
