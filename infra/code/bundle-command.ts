/**
 * `npm run bundle [-- <folder>]`: bundles the functions like `pulumi up`, and prints their sizes.
 */
import { resolve } from 'node:path';
import { sizeOf } from './bundle-file.ts';
import { bundleFunctions } from './bundle-functions.ts';
import { commandArguments } from './command-arguments.ts';
import { bundleFolder } from './folders.ts';
import { zippedSize } from './zipped-size.ts';

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;
const print = (text: string) => process.stdout.write(`${text}\n`);

const [given] = commandArguments('npm run bundle [-- <folder>]', 1);
const { folder, files, packages } = await bundleFunctions(given === undefined ? bundleFolder : resolve(given));
for (const { path, bytes } of files.toSorted((a, b) => b.bytes.length - a.bytes.length)) {
  print(`${String(bytes.length).padStart(10)}  ${path}`);
}
print(
  `${files.length} files, ${packages.length} packages: ${megabytes(sizeOf(files))}, zipped ${megabytes(await zippedSize(files))}`,
);
print(folder);
