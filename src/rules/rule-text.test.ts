import test from 'ava';
import { decodeRuleText } from './rule-text.ts';

test('compiled rules are refused as what they are', (t) => {
  const messageOf = (head: string) => {
    const bytes = Buffer.concat([Buffer.from(head), Buffer.of(1, 0xff, 0xfe, 0)]);
    return decodeRuleText(bytes, 'rules.bin').problem?.message;
  };
  t.regex(messageOf('REARVIEW') ?? '', /^the file is a ruleset, not a rule file: .*--ruleset$/);
  t.regex(messageOf('YARA-X') ?? '', /^the file has compiled rules of YARA/);
  t.regex(messageOf('rule') ?? '', /^the file is not UTF-8/);
});
