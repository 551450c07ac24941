import { codeArchive } from './code/code-archive.ts';
import { provision } from './program.ts';

/** The entry point of `pulumi up`; it returns the outputs of the stack. */
export default async () => provision(await codeArchive());
