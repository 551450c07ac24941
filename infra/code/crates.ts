import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { mayShip, type ShippedPackage } from './packages.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const cratesSchema = z.object({
  crates: z.array(
    z.object({
      ...{ name: z.string(), version: z.string(), license: z.string().nullable(), sha256: hash.nullable() },
      /** Places in the list of all texts. */
      texts: z.array(z.number()),
    }),
  ),
  texts: z.array(z.string()),
});

/**
 * The Rust crates that are compiled into the engine.
 * @throws Error that names each crate under a licence that may not be shipped
 */
export async function readCrates(project: string): Promise<readonly ShippedPackage[]> {
  const text = await readFile(join(project, 'engine/dist/crates.json'), 'utf8');
  const { crates: listed, texts: allTexts } = cratesSchema.parse(JSON.parse(text));
  const crates = listed.map(
    ({ name, version, license, sha256, texts }): ShippedPackage => ({
      ...{ ecosystem: 'cargo', name, version, texts: texts.map((place) => allTexts[place] ?? '') },
      // Cargo's older way to write alternatives.
      license: (license ?? 'none').replaceAll('/', ' OR '),
      hash: sha256 === null ? null : { algorithm: 'SHA-256', hex: sha256 },
    }),
  );
  const refused = crates.filter(({ license }) => !mayShip(license));
  if (refused.length === 0) return crates;
  const lines = refused.map(({ name, version, license }) => `${name} ${version} is under ${license}`);
  throw new Error(`Crates of the engine may not be shipped:\n  ${lines.join('\n  ')}`);
}
