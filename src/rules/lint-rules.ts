import type { Diagnostic } from '../domain/diagnostic.ts';
import { metaText } from '../domain/rule.ts';
import type { LoadedRuleFile, LoadedRules } from './load-rules.ts';
import { hashRules } from './logic-hash.ts';
import { type ParsedRule, parseSource } from './parse.ts';

const requiredMeta = ['description', 'author', 'date', 'reference', 'severity'] as const;
const severities: readonly string[] = ['low', 'medium', 'high', 'critical'];
const statuses: readonly string[] = ['staged', 'stable'];

/** House rules for rules; all of them warnings. Private rules need no meta. */
export function lintRules({ files }: LoadedRules): Diagnostic[] {
  const parsed = files.map((file) => ({ file, source: parseSource(file.source) }));
  const found: Diagnostic[] = [];
  const names = new Map<string, string>();
  const logic = new Map<string, string>();
  for (const { file, source } of parsed) {
    for (const { rule, logicHash } of hashRules(source, '')) {
      const say = (code: string, message: string) => found.push(diagnostic(file, rule, code, message));
      if (!rule.private) lintMeta(rule, say);
      const id = `${file.namespace}:${rule.name}`;
      const namesake = names.get(rule.name);
      if (namesake !== undefined)
        say(
          'duplicate-name',
          `${rule.name} is the name of ${namesake} as well: alerts are easier to tell apart with a name of its own.`,
        );
      const twin = logic.get(logicHash);
      if (twin !== undefined && !rule.private)
        say('duplicate-logic', `${rule.name} matches exactly what ${twin} does: remove one of them.`);
      names.set(rule.name, id);
      logic.set(logicHash, id);
    }
  }
  return found;
}

function lintMeta(rule: ParsedRule, say: (code: string, message: string) => void): void {
  const missing = requiredMeta.filter((identifier) => metaText(rule, identifier) === undefined);
  if (missing.length > 0) say('missing-meta', `${rule.name} has no meta ${missing.join(', ')}.`);
  const severity = metaText(rule, 'severity');
  if (severity !== undefined && !severities.includes(severity.toLowerCase())) {
    say('severity', `${rule.name} has severity "${severity}": use ${severities.join(', ')}.`);
  }
  const date = metaText(rule, 'date');
  if (date !== undefined && !isDate(date)) say('date', `${rule.name} has date "${date}": write it as YYYY-MM-DD.`);
  const status = metaText(rule, 'status');
  if (status !== undefined && !statuses.includes(status)) {
    say('status', `${rule.name} has status "${status}": use ${statuses.join(' or ')}. As it stands it alerts.`);
  }
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;
}

function diagnostic(file: LoadedRuleFile, rule: ParsedRule, code: string, message: string): Diagnostic {
  return { severity: 'warning', code: `lint/${code}`, message, ...file.locate(rule.line), column: 0 };
}
