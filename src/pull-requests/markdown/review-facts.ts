import type { ReviewSection } from '../section.ts';
import type { Detail, ReviewFacts } from './detail.ts';
import { code, type Html } from './html.ts';

/** The name of a rule, with its namespace where others share the name. */
export function ruleName(rule: string, { facts }: Detail, maxLength = 120): Html {
  const name = nameIn(rule);
  return code(facts === undefined || facts.sharedNames.has(name) ? rule : name, maxLength);
}

/** The facts that the views of a review share. */
export function factsOf(sections: readonly ReviewSection[], sourceUrl: string | null): ReviewFacts {
  const first = new Map<string, string>();
  const sharedNames = new Set<string>();
  for (const rule of sections.flatMap(rulesOf)) {
    const name = nameIn(rule);
    if ((first.get(name) ?? rule) !== rule) sharedNames.add(name);
    first.set(name, rule);
  }
  return { sections, sourceUrl, sharedNames };
}

function nameIn(rule: string): string {
  return rule.slice(rule.lastIndexOf(':') + 1);
}

function rulesOf(section: ReviewSection): readonly string[] {
  switch (section.section) {
    case 'diff':
      return section.changes.map(({ rule }) => rule);
    case 'goodware':
      return [...(section.byRule ?? section.hits), ...(section.public?.matching ?? [])].map(({ rule }) => rule);
    case 'preview':
    case 'profile':
      return section.rules.map(({ rule }) => rule);
    default:
      return [];
  }
}
