import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { externalsOf } from '../domain/externals.ts';
import type { RuleSource } from '../domain/rule.ts';
import { compile } from '../engine/compile.ts';
import { hashRules } from './logic-hash.ts';
import { type ParsedRule, parseSource } from './parse.ts';

/** A checkout of https://github.com/reversinglabs/reversinglabs-yara-rules (MIT), where there is one. */
const folder = [process.env['REARVIEW_REFERENCE_RULES'], '../shared/data/reversinglabs-yara-rules/yara'].find(
  (path) => path !== undefined && existsSync(path),
);

if (folder === undefined) {
  test('the reference rules are split as the engine splits them', (t) => {
    t.log('skipped: no checkout of the ReversingLabs rules; name one in REARVIEW_REFERENCE_RULES');
    t.pass();
  });
} else {
  test('the reference rules are split as the engine splits them: number, names, tags, meta, and where each begins and ends', async (t) => {
    const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.yara')).sort();
    t.true(names.length >= 274);
    const sources = await Promise.all(
      names.map(async (name) => ({ namespace: name, source: await readFile(join(folder, name), 'utf8') })),
    );
    const open = sources.map(({ namespace, source }) => ({
      namespace,
      source: alwaysTrue(source, parseSource(source).rules),
    }));
    using rules = compile(open);
    const said = Map.groupBy(rules.scan(Uint8Array.of(0), externalsOf('x')), (match) => match.namespace);
    let counted = 0;
    for (const { namespace, source } of sources) {
      const ours = parseSource(source).rules;
      counted += ours.length;
      t.deepEqual(
        ours.map(({ name, tags, meta }) => ({ name, tags, meta })),
        (said.get(namespace) ?? []).map((match) => ({ name: match.rule, tags: match.tags, meta: match.meta })),
        namespace,
      );
    }
    t.true(counted >= 900);
  });

  test('the reference rules have a logic hash each, and no two different rules share one', async (t) => {
    const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.yara'));
    const logic = new Map<string, string>();
    for (const name of names) {
      for (const { rule, logicHash } of hashRules(parseSource(await readFile(join(folder, name), 'utf8')), '1')) {
        const text = JSON.stringify([rule.patterns, rule.condition.map((token) => token.text)]);
        t.is(logic.get(logicHash) ?? text, text);
        logic.set(logicHash, text);
      }
    }
  });
}

/** The source with every condition made true, its patterns still used, so that the engine reports every rule. */
function alwaysTrue(source: RuleSource['source'], rules: readonly ParsedRule[]): string {
  let text = source;
  for (const rule of [...rules].reverse()) {
    const condition = rule.patterns.length > 0 ? 'true or any of them' : 'true';
    text = `${text.slice(0, rule.start)}${text.slice(rule.start, rule.conditionStart).replace(/^((?:private|global)\s+)+/, '')}${condition}${text.slice(rule.conditionEnd)}`;
  }
  return text;
}
