/**
 * `npm run sbom [-- <file>]`: writes the bill of materials of the deployed functions as CycloneDX,
 * to stdout or a file.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { bundleFunctions } from './bundle-functions.ts';
import { commandArguments } from './command-arguments.ts';
import { bundleFolder, projectFolder } from './folders.ts';
import { bundleSbom } from './sbom.ts';

const [file] = commandArguments('npm run sbom [-- <file>]', 1);
const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')));
const text = bundleSbom({ version, ...(await bundleFunctions(bundleFolder)) });
if (file === undefined) process.stdout.write(text);
else writeFileSync(file, text);
