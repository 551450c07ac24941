/**
 * `npm run licences`: lists the licences of all deployed packages. Fails if one of them is unknown
 * or may not be shipped.
 */
import { bundleFunctions } from './bundle-functions.ts';
import { commandArguments } from './command-arguments.ts';
import { bundleFolder } from './folders.ts';

commandArguments('npm run licences', 0);
const { packages } = await bundleFunctions(bundleFolder);
const rows = packages.map(({ name, version, license }) => [license, `${name} ${version}`] as const);
const width = Math.max(...rows.map(([license]) => license.length));
for (const [license, name] of rows) process.stdout.write(`${license.padEnd(width)}  ${name}\n`);
