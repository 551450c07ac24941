import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Compiler, initSync } from '@virustotal/yara-x';
import { z } from 'zod';
import { externalNames } from '../domain/externals.ts';
import type { RuleSource } from '../domain/rule.ts';

const entry = import.meta.resolve('@virustotal/yara-x');
initSync({ module: readFileSync(fileURLToPath(new URL('yara_x_js_bg.wasm', entry))) });

const resultSchema = z.object({
  matches: z.array(
    z.object({
      identifier: z.string(),
      namespace: z.string(),
      isPrivate: z.boolean(),
      isGlobal: z.boolean(),
      tags: z.array(z.string()),
      // Text with escapes comes as its bytes.
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
 * Compiles sources with the engine's package as it comes, and scans an empty file: what the engine itself makes of a source.
 * @throws Error with the engine's text where a source does not compile
 */
export function scanEmptyFile(sources: readonly RuleSource[]): PlainMatch[] {
  const compiler = new Compiler();
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
