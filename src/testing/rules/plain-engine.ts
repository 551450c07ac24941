import { readFileSync } from 'node:fs';
import { compileFunction } from 'node:vm';
import * as yara from '@virustotal/yara-x';
import * as z from 'zod';
import { type Externals, externalNames } from '../../domain/rulesets/externals.ts';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import { type RuleMatch, reportedMatchesPerPattern } from '../../domain/scans/match.ts';
import { buildRules } from '../../engine/build-rules.ts';
import { openRules } from '../../engine/compiled-rules.ts';
import { viewOf } from '../../engine/module/held-file.ts';
import type { Compiler, EngineMatch, GlobalType, Rules, Scanner } from '../../engine/module/objects.ts';
import type { Engine } from '../../engine/yara.ts';

const packageUrl = import.meta.resolve('@virustotal/yara-x');
const glue = readFileSync(new URL(packageUrl), 'utf8');
const untouched = new WebAssembly.Module(readFileSync(new URL('./yara_x_js_bg.wasm', packageUrl)));
yara.initSync({ module: untouched });

const resultSchema = z.object({
  matches: z.array(
    z.object({
      identifier: z.string(),
      namespace: z.string(),
      isPrivate: z.boolean(),
      isGlobal: z.boolean(),
      tags: z.array(z.string()),
      // Text with escapes is passed as bytes.
      metadata: z.array(
        z.object({
          identifier: z.string(),
          value: z.union([z.string(), z.number(), z.boolean(), z.array(z.number())]),
        }),
      ),
    }),
  ),
});

export type PlainMatch = z.infer<typeof resultSchema>['matches'][number];

/**
 * Compiles sources with the engine's package as it comes, and scans an empty file: what the engine
 * itself makes of a source.
 * @throws Error with the engine's text where a source does not compile
 */
export function scanEmptyFile(sources: readonly RuleSource[]): PlainMatch[] {
  const compiler = new yara.Compiler();
  try {
    for (const name of externalNames) compiler.defineGlobal(name, '');
    for (const { namespace, source } of sources) {
      compiler.newNamespace(namespace);
      compiler.addSource(source);
    }
    const rules = compiler.build();
    try {
      return resultSchema.parse(rules.scan(new Uint8Array())).matches;
    } finally {
      rules.free();
    }
  } finally {
    compiler.free();
  }
}

/**
 * The package's JavaScript, evaluated again. As a module, the package has one instance of its engine,
 * which traps after some thousand scans.
 * @param isInteger decides which of the engine's two kinds of numbers a number is
 */
function evaluatePackage(isInteger: (value: unknown) => boolean): typeof yara {
  const body = glue
    .replace(/^export (?=class |function )/gm, '')
    .replace(/^export \{[^}]*\};?$/gm, '')
    .replaceAll('import.meta.url', 'undefined');
  const evaluate = compileFunction(`${body}\nreturn { Compiler, Rules, Scanner, initSync };`, ['Number']);
  return evaluate({ isSafeInteger: isInteger, isInteger }) as typeof yara;
}

const placesSchema = z.object({
  errors: z.array(z.string()),
  matches: z.array(
    resultSchema.shape.matches.element.extend({
      patterns: z.array(
        z.object({
          identifier: z.string(),
          isPrivate: z.boolean(),
          matches: z.array(z.object({ offset: z.number(), length: z.number() })),
        }),
      ),
    }),
  ),
});

/** The package as it comes, in the shape of an engine. */
function startPlainEngine(): Engine {
  let areFloats = false;
  const api = evaluatePackage((value) => !areFloats && Number.isSafeInteger(value));
  const { memory } = api.initSync({ module: untouched });
  const setTyped = (type: GlobalType | undefined, set: () => void) => {
    areFloats = type === 'float';
    set();
    areFloats = false;
  };

  const scannerOf = (scanner: yara.Scanner): Scanner => ({
    setGlobal: (name, value, type) => setTyped(type, () => scanner.setGlobal(name, value)),
    setMaxMatchesPerPattern: (maximum) => scanner.setMaxMatchesPerPattern(maximum),
    scan(file) {
      const { errors, matches } = placesSchema.parse(scanner.scan(viewOf(file)));
      if (errors.length > 0) throw new Error(errors.join('; '));
      return matches
        .filter(({ isPrivate }) => !isPrivate)
        .map(
          (match): EngineMatch => ({
            ...match,
            patterns: match.patterns
              .filter(({ isPrivate }) => !isPrivate)
              .map(({ identifier, matches: places }) => ({
                identifier,
                total: places.length,
                places: places.slice(0, reportedMatchesPerPattern).flatMap(({ offset, length }) => [offset, length]),
              })),
          }),
        );
    },
    limitUsed: () => false,
    free: () => scanner.free(),
  });

  const rulesOf = (rules: yara.Rules): Rules => ({
    address: 0,
    scanner: () => scannerOf(rules.scanner()),
    free: () => rules.free(),
  });

  const compilerOf = (compiler: yara.Compiler): Compiler => ({
    defineGlobal: (name, value, type) => setTyped(type, () => compiler.defineGlobal(name, value)),
    newNamespace: (name) => compiler.newNamespace(name),
    ignoreWarnings: () => undefined,
    addSource: (source) => compiler.addSource(source),
    get errors() {
      return compiler.errors;
    },
    get warnings() {
      return compiler.warnings;
    },
    build: () => rulesOf(compiler.build()),
    free: () => compiler.free(),
  });

  return {
    compiler: () => compilerOf(new api.Compiler()),
    rulesAt: () => {
      throw new Error('The package has no images.');
    },
    hold: () => {
      throw new Error('The package copies every file.');
    },
    memory,
    allocator: { allocate: () => 0, release: () => undefined },
    memoryBytes: () => memory.buffer.byteLength,
    dead: false,
  };
}

/**
 * Compiles sources with the package as it comes: what every other way to scan is measured by.
 * @throws RearviewError `ERR_RULES_INVALID`
 */
export function openPlainRules(
  sources: readonly RuleSource[],
): (bytes: Uint8Array, externals: Externals) => RuleMatch[] {
  const engine = startPlainEngine();
  const rules = buildRules(engine, sources);
  return (bytes, externals) => openRules(engine, rules).scan(bytes, externals);
}
