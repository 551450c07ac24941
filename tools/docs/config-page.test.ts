import test from 'ava';
import { comparePage } from '../../src/testing/generated-section.ts';
import { configPage } from './config-page.ts';

test('the table of docs/how-to/deploy-on-aws.md is that of the schema', async (t) => {
  const { is, shouldBe } = await comparePage(configPage);
  t.is(is, shouldBe, 'npm run config-table -- --write puts it right');
});
