import { createHash } from 'node:crypto';
import { RearviewError } from '../../domain/errors.ts';
import { archivedSample, type DraftTest, formatTests, inlineText } from '../../rule-tests/draft-tests.ts';
import { writeSampleZip } from '../../rule-tests/write-zip.ts';
import { createCommonBytes } from '../../rules/propose/common-bytes.ts';
import { createCommonTexts } from '../../rules/propose/common-texts.ts';
import { commonGuard, sizeLimit } from '../../rules/propose/file-guard.ts';
import { type DraftString, formatRule } from '../../rules/propose/rule-draft.ts';
import { candidateStrings, chooseStrings, isOnlyStrings, shortened } from './choose-strings.ts';

/** A file that the new rule shall match. */
export interface NewRuleSample {
  /** For messages. */
  readonly name: string;
  /** Reads it again each time, so that only one is in memory. */
  read(): Promise<Uint8Array>;
}

export interface DraftRuleOptions {
  readonly rule: string;
  /** Name of the rule file without folders, from which the archive of samples takes its own. */
  readonly file: string;
  readonly meta: {
    readonly description: string;
    readonly author: string;
    readonly date: string;
    readonly reference: string;
    readonly severity: string;
  };
  readonly samples: readonly NewRuleSample[];
  /** Drops the strings that goodware has. Default: none is dropped. */
  readonly rare?: (strings: readonly DraftString[]) => Promise<readonly DraftString[]>;
}

/** The files of a new rule. Paths are relative to the folder of the test file. */
export interface DraftedRule {
  readonly ruleText: string;
  readonly testText: string;
  /** The encrypted archive of the samples that the tests do not hold themselves; null if there are none. */
  readonly archive: { readonly file: string; readonly bytes: Uint8Array } | null;
  readonly strings: readonly DraftString[];
  /** Texts and byte sequences that all samples have and that were looked for in goodware. */
  readonly candidates: number;
}

const negative: DraftTest = {
  name: 'an ordinary text',
  sample: { text: 'Nothing to see here: replace this by a file that looks similar and is harmless.\n' },
  matches: [],
};

/** More than ten strings have. */
const smallBytes = 4096;
/** Byte sequences that are looked for in goodware. */
const mostPieces = 32;

const placeholder = 'replace this by a text of the sample';

/**
 * Drafts a rule with tests. Without samples, the rule has a placeholder as its string.
 * @throws RearviewError `ERR_USAGE` if the samples have no content to find them by
 */
export async function draftRule(options: DraftRuleOptions): Promise<DraftedRule> {
  if (options.samples.length === 0) return withoutSamples(options);
  const texts = createCommonTexts();
  const bytes = createCommonBytes();
  const read: ReadSample[] = [];
  for (const sample of options.samples) {
    const content = await sample.read();
    if (content.length === 0)
      throw new RearviewError('ERR_USAGE', `${sample.name} is empty: there is nothing to find.`);
    texts.add(content);
    bytes.add(content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    if (read.some((each) => each.sha256 === sha256)) continue;
    read.push({
      ...{ sha256, size: content.length, head: content.slice(0, 8), read: sample.read },
      ...{ small: content.length <= smallBytes ? content : null, text: inlineText(content) },
    });
  }
  const candidates = candidateStrings(texts.list(), bytes.list(mostPieces));
  const { rare = async (strings) => strings } = options;
  const chosen = candidates.length === 0 ? [] : chooseStrings(await rare(candidates));
  if (chosen.length === 0) throw nothingFound(options.samples, candidates.length);
  const strings = read.every(({ small }) => small !== null && isOnlyStrings(small, chosen))
    ? chosen.map(shortened)
    : chosen;
  const guard = commonGuard(read.map(({ head }) => head));
  const largest = read.reduce((most, { size }) => Math.max(most, size), 0);
  const ruleText = formatRule({
    name: options.rule,
    meta: [...metaOf(options), ...read.slice(0, mostHashes).map(({ sha256 }) => ['hash', sha256] as const)],
    strings,
    guards: [...(guard === null ? [] : [guard]), `filesize < ${sizeLimit(largest)}`],
  });
  return { ...(await testsFor(options, read)), ruleText, strings, candidates: candidates.length };
}

interface ReadSample {
  readonly sha256: string;
  readonly size: number;
  readonly head: Uint8Array;
  /** The whole sample, if it is so small that strings may be all of it. */
  readonly small: Uint8Array | null;
  /** Null if it is kept in an archive. */
  readonly text: string | null;
  read(): Promise<Uint8Array>;
}

const mostHashes = 20;

function metaOf({ meta }: DraftRuleOptions): readonly (readonly [string, string])[] {
  const { description, author, date, reference, severity } = meta;
  return Object.entries({ description, author, date, reference, severity });
}

function withoutSamples(options: DraftRuleOptions): DraftedRule {
  const strings: readonly DraftString[] = [{ kind: 'text', text: placeholder, encodings: ['ascii'] }];
  const guards = ['filesize < 1MB'];
  const ruleText = formatRule({ name: options.rule, meta: metaOf(options), strings, guards });
  const positive: DraftTest = {
    name: 'a sample',
    sample: { text: `Content around it, and then: ${placeholder}.\n` },
    matches: [options.rule],
  };
  return { ruleText, testText: formatTests([positive, negative]), archive: null, strings, candidates: 0 };
}

async function testsFor(
  { rule, file }: DraftRuleOptions,
  samples: readonly ReadSample[],
): Promise<Pick<DraftedRule, 'testText' | 'archive'>> {
  const archiveFile = `samples/${file.replace(/\.yara?$/i, '')}.zip`;
  const tests = samples.map(
    ({ sha256, text }): DraftTest => ({
      name: `sample ${sha256.slice(0, 12)}`,
      sample: text === null ? archivedSample(archiveFile, sha256) : { text },
      matches: [rule],
    }),
  );
  const archived = samples.filter(({ text }) => text === null);
  const members = archived.map(({ sha256, read }) => ({ name: sha256, read }));
  return {
    testText: formatTests([...tests, negative]),
    archive: members.length === 0 ? null : { file: archiveFile, bytes: await writeSampleZip(members) },
  };
}

function nothingFound(samples: readonly NewRuleSample[], candidates: number): RearviewError {
  const what =
    candidates > 0
      ? `goodware has all of the ${candidates} strings that ${samples.length === 1 ? 'the sample has' : 'the samples have in common'}`
      : samples.length === 1
        ? `${samples[0]?.name ?? ''} has no text or bytes that other files lack`
        : 'the samples have no text or bytes in common that other files lack';
  const way = samples.length === 1 ? 'use a larger sample' : 'leave out samples of other families';
  return new RearviewError(
    'ERR_USAGE',
    `Cannot propose strings: ${what}. Leave out --from to start with a placeholder, or ${way}.`,
  );
}
