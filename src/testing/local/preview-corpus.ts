import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publishRuleset } from '../../app/rulesets/publish-ruleset.ts';
import type { CliContext } from '../../cli/context.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import { type ReviewSection, reviewSectionSchema } from '../../pull-requests/section.ts';
import { buildRuleset } from '../../rules/ruleset.ts';
import { openLocalTarget } from '../../targets/local/local-target.ts';
import { type CliRun, createTestCli, type TestCli } from '../cli/run-cli.ts';
import type { Teardown } from '../teardown.ts';
import { ruleFor } from './test-target.ts';

/** A command line, and a target on this machine for its previews. */
export interface PreviewCorpus extends TestCli {
  /** `retro preview`, which leaves its section. */
  preview(...args: readonly string[]): Promise<CliRun>;
  /** `preview`, in another context. */
  previewWith(context: Partial<CliContext>, ...args: readonly string[]): Promise<CliRun>;
  /** The section that was left last. */
  section(): Promise<ReviewSection>;
}

/** A corpus of these contents by key, and published rules that match `evil` and `odd`. */
export async function createPreviewCorpus(
  t: Teardown,
  files: Readonly<Record<string, string>>,
): Promise<PreviewCorpus> {
  const cli = await createTestCli(t);
  const rules = { 'evil.yar': ruleFor('Evil', 'evil'), 'odd.yar': ruleFor('Odd', 'odd') };
  await cli.write(Object.fromEntries(Object.entries(rules).map(([name, source]) => [`rules/${name}`, source])));
  const target = await openLocalTarget({ stateDir: join(cli.dir, '.rearview') });
  const sources = Object.entries(rules).map(([namespace, source]) => ({ namespace, source }));
  await publishRuleset(target.library, buildRuleset(sources, engineInfo()), { now: Date.now });
  for (const [key, content] of Object.entries(files)) await target.corpus.put(`in/${key}`, Buffer.from(content));
  await target.close();
  return {
    ...cli,
    preview: (...args) => cli.run('retro', 'preview', '--report', 'section.json', ...args),
    previewWith: (context, ...args) => cli.runWith(context, 'retro', 'preview', '--report', 'section.json', ...args),
    async section(): Promise<ReviewSection> {
      return reviewSectionSchema.parse(JSON.parse(await readFile(join(cli.dir, 'section.json'), 'utf8')));
    },
  };
}
