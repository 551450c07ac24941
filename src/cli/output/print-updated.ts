import path from 'node:path';
import type { UpdatedTest } from '../../app/gates/update-tests.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { plural, printLine, safeText } from './output.ts';

/** Prints what `rules test --update` changed, a test a line, and the sum. */
export async function printUpdated(
  context: CliContext,
  { testsDir }: Pick<GlobalOptions, 'testsDir'>,
  stream: 'stdout' | 'stderr',
  updated: readonly UpdatedTest[],
): Promise<void> {
  for (const each of updated) {
    const file = path.relative(context.cwd, path.join(testsDir, each.path));
    const what = each.refused === null ? each.changes.join(', ') : `not updated, because ${each.refused}`;
    await printLine(context[stream], safeText(`${file}: ${each.name}: ${what}`));
  }
  const changed = updated.filter(({ refused }) => refused === null);
  const files = new Set(changed.map((each) => each.path)).size;
  const sum = `${plural(changed.length, 'test')} updated in ${plural(files, 'file')}`;
  await printLine(context[stream], changed.length === 0 ? 'No test updated' : sum);
}
