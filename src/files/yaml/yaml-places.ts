import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import { messageOf } from '../../domain/errors.ts';
import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import { problemsOfShape, type YamlProblem } from './plain-yaml.ts';
import { problemOfLimits } from './yaml-limits.ts';

type Path = readonly PropertyKey[];

/** Maximum number of problems reported per file. */
const maxProblems = 100;

/** A YAML text as a value, with the positions of its parts. */
export interface PlacedYaml {
  readonly value: unknown;
  /** Present if the text is not YAML; `value` is undefined then. */
  readonly problems: readonly Diagnostic[];
  /** Returns the line of a value, from 1, or that of its nearest parent if it is missing. */
  lineOf(path: Path): number;
  /** Formats the schema's problems with position and key; the first hundred of them. */
  diagnose(issues: readonly z.core.$ZodIssue[]): readonly Diagnostic[];
}

/**
 * Parses YAML 1.2, one document. Forbidden features (`problemOfLimits`, `problemsOfShape`) are
 * problems; the first hundred are reported.
 * @param area prefix of the diagnostic codes: `<area>/yaml`, `<area>/spec`
 */
export function parseYaml(file: string, text: string, area = 'test'): PlacedYaml {
  const limit = problemOfLimits(text);
  if (limit !== null) return refused(file, text, limit, area);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    ...{ lineCounter: lines, prettyErrors: false, uniqueKeys: false },
    // Applies whatever version a text declares: no ordered mappings and no sets, whose keys are
    // compared with each other, and no merge keys.
    ...{ schema: 'core', merge: false, resolveKnownTags: false },
    // Warnings of the package quote the text, and go to the terminal unescaped.
    logLevel: 'silent',
  });
  const at = (offset: number): Pick<Diagnostic, 'file' | 'line' | 'column'> => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const found = [...document.errors, ...document.warnings];
  const shape = problemsOfShape(document);
  // If the stack runs out, the shape of the document explains why.
  const isReported =
    found.length > 0 && !(shape.length > 0 && found.some(({ code }) => code === 'RESOURCE_EXHAUSTION'));
  const problems = (isReported ? found.map(({ message, pos }) => ({ message, offset: pos[0] })) : shape)
    .slice(0, maxProblems)
    .map(({ message, offset }) => ({ ...unreadable(area, message), ...at(offset) }));

  let value: unknown;
  try {
    if (problems.length === 0) value = document.toJS();
  } catch (error) {
    problems.push({ ...unreadable(area, messageOf(error)), ...at(0) });
  }

  return {
    value,
    problems,
    lineOf: (path) => at(offsetOf(document, path)).line,
    diagnose: (issues) =>
      issues.slice(0, maxProblems).map((issue): Diagnostic => {
        const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
        const path = unknown === undefined ? issue.path : [...issue.path, unknown];
        const message =
          unknown === undefined
            ? issue.message
            : 'is not a known key: check its spelling and indentation, or remove it';
        return {
          severity: 'error',
          code: `${area}/spec`,
          message: sentenceOf(path.length === 0 ? 'The file' : keyOf(path), message),
          ...at(keyOffset(document, path) ?? offsetOf(document, path)),
        };
      }),
  };
}

/** The result for a text that is not parsed. */
function refused(file: string, text: string, { message, offset }: YamlProblem, area: string): PlacedYaml {
  const before = text.slice(0, offset).split('\n');
  const place = { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  return {
    value: undefined,
    problems: [{ ...unreadable(area, message), ...place }],
    lineOf: () => place.line,
    diagnose: () => [],
  };
}

function unreadable(area: string, message: string): Pick<Diagnostic, 'severity' | 'code' | 'message'> {
  return { severity: 'error', code: `${area}/yaml`, message: `Invalid YAML: ${message}` };
}

/** `tests[2].sample.hex` */
function keyOf(path: Path): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

/** Returns where a value starts, or its parent if it is missing. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

/** Returns where the key of a value starts, if it has one. */
function keyOffset(document: Document, path: Path): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1));
  return isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
}

/** The problem of a key: a predicate such as `is not a known key`, or a sentence of its own. */
function sentenceOf(key: string, message: string): string {
  const text = /^[A-Z]/.test(message) ? `${key}: ${message}` : `${key} ${message}`;
  return text.endsWith('.') ? text : `${text}.`;
}
