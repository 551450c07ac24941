import type { ExecutionContext } from 'ava';
import { createTestCli, type TestCli, testedRule } from './run-cli.ts';

/**
 * A folder `in` of twelve files that was scanned, and so indexed, with a rule that matches none; and
 * a new rule that one of them matches.
 */
export async function createNeedleCorpus(t: ExecutionContext): Promise<TestCli> {
  const cli = await createTestCli(t);
  const files = Array.from({ length: 12 }, (_, index) => [
    `in/${index}.txt`,
    `${index}: ${index === 5 ? 'a needle' : 'hay'}`,
  ]);
  await cli.write({ ...Object.fromEntries(files), ...testedRule('Other', 'nowhere') });
  t.is((await cli.run('up', '--once', '--corpus', 'in', '--jobs', '1')).code, 0);
  await cli.write(testedRule('Needle', 'needle'));
  return cli;
}
