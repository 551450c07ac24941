import { stagedRule } from '../../rules/staged-rule.ts';
import type { Exercise } from './start-exercise.ts';

/**
 * Stages a rule that matches two objects, and reads its evidence as the scheduled promotion does.
 */
export async function exerciseStaged({ pipeline, succeed }: Exercise): Promise<void> {
  pipeline.write(stagedRule('quiet', 'quiet'));
  await pipeline.upload({ 'in/quiet': 'quiet', 'in/quiet-again': 'quiet' });
  await pipeline.settle();
  await succeed('publish', 'publish');
  const started = await succeed('publish', 'retro', 'start', '--no-wait');
  await pipeline.ended(started.stdout.trim());
  const { stdout } = await succeed('publish', 'rules', 'staged', '--json');
  const { retro } = JSON.parse(stdout);
  if (retro.objects !== 2) throw new Error(`A staged rule matched two objects, not ${retro.objects}.`);
}
