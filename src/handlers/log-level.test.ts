import test, { type ExecutionContext } from 'ava';
import { logLevelVariable } from '../targets/aws/function-names.ts';
import { startTestLambda } from '../testing/lambda/start-test-lambda.ts';

/** The levels of what a function logs that is not configured, and says so. */
async function levelsOf(t: ExecutionContext, env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const module = new URL('./redrive.ts', import.meta.url);
  const lambda = await startTestLambda(t, { redrive: { module, env } });
  await lambda.invoke('redrive', {});
  const lines = lambda.logs('redrive').filter((line) => line.startsWith('{'));
  return lines.map((line): string => JSON.parse(line).level);
}

test('how much is logged is configured', async (t) => {
  t.deepEqual(await levelsOf(t, {}), ['ERROR', 'INFO']);
  t.deepEqual(await levelsOf(t, { [logLevelVariable]: 'WARN' }), ['ERROR']);
});

test('an unknown level counts as none', async (t) => {
  t.deepEqual(await levelsOf(t, { [logLevelVariable]: 'LOUD' }), ['ERROR', 'INFO']);
});
