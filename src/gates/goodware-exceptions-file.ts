import * as z from 'zod';
import type { Diagnostic } from '../domain/rulesets/diagnostic.ts';
import { checkShape } from '../domain/text/check-shape.ts';
import { parseYaml } from '../files/yaml/yaml-places.ts';
import { daysUntil, type GoodwareException, longestExceptionDays } from './goodware-exceptions.ts';

/**
 * The exceptions of a file; empty if there is a problem: with half a list, the gate would fail for
 * the wrong reason.
 */
export interface GoodwareExceptionsFile {
  readonly exceptions: readonly GoodwareException[];
  readonly problems: readonly Diagnostic[];
}

const text = z.string({
  error: ({ input }) => (input === undefined ? 'is missing' : 'must be text: put the value in quotes'),
});

const rule = text.regex(
  /^([^:]*[^:\s][^:]*:)?[\w*]+$/,
  'must be the name of a rule, or path/of/file.yar:Name; * matches any characters in both',
);

const sha256 = text
  .regex(/^[0-9a-f]{64}$/i, 'must be a SHA-256: 64 hexadecimal digits')
  .transform((value) => value.toLowerCase());

const path = text
  .refine((value) => !/^[a-z]:\\|^\\\\/i.test(value), 'must have / between its parts, also on Windows')
  .refine(
    (value) => !/[^/]\*\*|\*\*[^/]/.test(value),
    'has ** next to other characters: use it only as a complete part between slashes',
  )
  .refine((value) => !value.includes('\ufffd'), 'has U+FFFD, which stands for any byte: use * instead, or a sha256')
  .refine((value) => /[^*/]/.test(value), 'would cover every file: add a part of the path');

const reason = text.refine((value) => value.trim() !== '', 'must explain why this match is acceptable');

function entrySchema(nowMs: number) {
  const expires = text
    .refine((value) => z.iso.date().safeParse(value).success, 'must be a date: YYYY-MM-DD')
    .refine(
      (value) => !(daysUntil(value, nowMs) > longestExceptionDays),
      `is more than ${longestExceptionDays} days ahead: exceptions need a review every year`,
    );
  return z
    .strictObject(
      { rule, sha256: sha256.optional(), path: path.optional(), reason, expires },
      { error: ({ code }) => (code === 'invalid_type' ? 'must be a mapping of keys to values' : undefined) },
    )
    .superRefine((value, context) => {
      const report = (message: string): void => context.addIssue({ code: 'custom', message });
      if (value.sha256 === undefined && value.path === undefined) report('needs one of sha256, path');
      if (value.sha256 !== undefined && value.path !== undefined) report('has sha256 and path: keep one');
    });
}

/**
 * Parses the reviewed exceptions (docs/how-to/goodware.md). All problems are returned as values, with
 * their position and a way to fix them. An empty file is an empty list.
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
