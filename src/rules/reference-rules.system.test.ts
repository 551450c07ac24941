import test from 'ava';
import { scanEmptyFile } from '../testing/rules/plain-engine.ts';
import { reversinglabsRules, withoutReversinglabsRules } from '../testing/rules/reversinglabs.ts';
import { loadRules } from './load-rules.ts';
import { hashRules } from './logic-hash.ts';
import { parseSource } from './syntax/parse.ts';
import type { ParsedRule } from './syntax/syntax.ts';

test('the ReversingLabs rules are split as the engine splits them, including name, tags, meta, modifiers and extent', async (t) => {
  if (reversinglabsRules === undefined) {
    t.log(withoutReversinglabsRules);
    t.pass();
    return;
  }
  const { files, problems } = await loadRules(reversinglabsRules);
  t.deepEqual(problems, []);
  t.is(files.length, 274);
  const messages = Map.groupBy(
    scanEmptyFile(files.map(({ namespace, source }) => ({ namespace, source: alwaysTrue(source) }))),
    ({ namespace }) => namespace,
  );
  let rules = 0;
  for (const { namespace, source } of files) {
    const parsed = parseSource(source);
    t.deepEqual(parsed.problems, []);
    t.deepEqual(
      parsed.rules.map(({ name, tags, meta, ...rule }) => [name, tags, meta, rule.private, rule.global]),
      (messages.get(namespace) ?? []).map(({ identifier, tags, metadata, isPrivate, isGlobal }) => [
        ...[identifier, tags],
        metadata.map(({ identifier: key, value }) => ({ identifier: key, value: readable(value) })),
        ...[isPrivate, isGlobal],
      ]),
      namespace,
    );
    rules += parsed.rules.length;
    const hashes = hashRules(parsed, 'x').map(({ logicHash }) => logicHash);
    t.is(new Set(hashes).size, new Set(parsed.rules.map(logicText)).size, namespace);
  }
  t.log(`${rules} rules in ${files.length} files`);
});

/**
 * Every condition is made true based on the extents of the parts, so that the engine reports every
 * rule; its patterns stay in use.
 */
function alwaysTrue(source: string): string {
  return parseSource(source).rules.reduceRight((text, { parts: { condition }, patterns }) => {
    const always = patterns.length === 0 ? 'true' : 'true or any of them';
    return text.slice(0, condition.start) + always + text.slice(condition.end);
  }, source);
}

function readable(value: string | number | boolean | readonly number[]): string | number | boolean {
  return typeof value === 'object' ? Buffer.from(value).toString() : value;
}

function logicText({ patterns, condition }: ParsedRule): string {
  return JSON.stringify([
    patterns.map(({ identifier, value, modifiers }) => [identifier, value, modifiers]),
    condition.map(({ text }) => text),
  ]);
}
