import * as yara from '@virustotal/yara-x';
import { z } from 'zod';
import { type Externals, externalNames } from '../../domain/rulesets/externals.ts';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import type { RuleMatch } from '../../domain/scans/match.ts';
import { buildRules, openRules } from '../../engine/compiled-rules.ts';
import { evaluateGlue } from '../../engine/host/package-glue.ts';
import { readPackageGlue, readPackageModule } from '../../engine/module/engine-module.ts';
import type { Engine } from '../../engine/yara.ts';

const untouched = new WebAssembly.Module(readPackageModule());
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
 * The package as it comes, in the shape of an engine. Each has an instance of its own, since one
 * traps after some thousand scans.
 */
function startPlainEngine(): Engine {
  const { api } = evaluateGlue(readPackageGlue());
  const { memory } = api.initSync({ module: untouched });
  return {
    api,
    exports: null,
    memoryBytes: () => memory.buffer.byteLength,
    isWorn: () => false,
    matchLimit: { value: 0, reached: false, watched: false },
    dead: false,
  };
}

/**
 * Compiles sources with the package as it comes, and scans with a scanner of its own each time:
 * what every other way to scan is measured by.
 * @throws RearviewError `ERR_RULES_INVALID`
 */
export function openPlainRules(
  sources: readonly RuleSource[],
): (bytes: Uint8Array, externals: Externals) => RuleMatch[] {
  const engine = startPlainEngine();
  const rules = buildRules(engine, sources);
  return (bytes, externals) => openRules(engine, rules).scan(bytes, externals);
}
