import { z } from 'zod';
import type { Diagnostic } from '../domain/rulesets/diagnostic.ts';
import { checkShape } from '../domain/text/check-shape.ts';
import { parseYaml } from '../files/yaml/yaml-places.ts';
import { daysUntil, type GoodwareException, longestExceptionDays } from './goodware-exceptions.ts';

/** The exceptions of a file; none where there is a problem: half a list would close the gate for the wrong reason. */
export interface GoodwareExceptionsFile {
  readonly exceptions: readonly GoodwareException[];
  readonly problems: readonly Diagnostic[];
}

const text = z.string({
  error: ({ input }) => (input === undefined ? 'is missing' : 'must be text: put the value in quotes'),
});

const rule = text.regex(
  /^([^:]*[^:\s][^:]*:)?[\w*]+$/,
  'must be the name of a rule, or path/of/file.yar:Name; * stands for any characters in either',
);

const sha256 = text
  .regex(/^[0-9a-f]{64}$/i, 'must be a SHA-256: 64 hexadecimal digits')
  .transform((value) => value.toLowerCase());

const path = text
  .refine((value) => !/^[a-z]:\\|^\\\\/i.test(value), 'must have / between its parts, on Windows as well')
  .refine((value) => !/[^/]\*\*|\*\*[^/]/.test(value), 'has ** beside something else: it stands alone between slashes')
  .refine((value) => !value.includes('\ufffd'), 'has U+FFFD, which stands for any byte: write * instead, or a sha256')
  .refine((value) => /[^*/]/.test(value), 'would cover every file: name a part of the path');

const reason = text.refine((value) => value.trim() !== '', 'must say why the hit is right to be there');

function entrySchema(nowMs: number) {
  const expires = text
    .refine((value) => z.iso.date().safeParse(value).success, 'must be a day: YYYY-MM-DD')
    .refine(
      (value) => !(daysUntil(value, nowMs) > longestExceptionDays),
      `lies more than ${longestExceptionDays} days ahead: a review is due every year`,
    );
  return z
    .strictObject(
      { rule, sha256: sha256.optional(), path: path.optional(), reason, expires },
      { error: ({ code }) => (code === 'invalid_type' ? 'must be a mapping of keys to values' : undefined) },
    )
    .superRefine((value, context) => {
      const say = (message: string): void => context.addIssue({ code: 'custom', message });
      if (value.sha256 === undefined && value.path === undefined) say('needs one of sha256, path');
      if (value.sha256 !== undefined && value.path !== undefined) say('has sha256 and path: keep one');
    });
}

/**
 * Reads the reviewed exceptions (docs/how-to/goodware.md). Whatever is wrong with them is a value, with its place and the way out. An empty file is an
 * empty list.
 * @param file for the diagnostics
 */
export function parseGoodwareExceptions(file: string, content: string, nowMs: number): GoodwareExceptionsFile {
  const document = parseYaml(file, content, 'goodware');
  if (document.problems.length > 0) return { exceptions: [], problems: document.problems };
  const schema = z.array(entrySchema(nowMs), 'must be a list of exceptions');
  const parsed = checkShape(schema, document.value ?? []);
  if (!parsed.success) {
    return { exceptions: [], problems: document.diagnose(parsed.error.issues) };
  }
  const exceptions = parsed.data.map((entry, index): GoodwareException => {
    const { rule, reason, expires } = entry;
    const file = entry.sha256 === undefined ? { path: entry.path ?? '' } : { sha256: entry.sha256 };
    return { rule, file, reason, expires, line: document.lineOf([index]) };
  });
  return { exceptions, problems: [] };
}
