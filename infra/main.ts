import { codeArchive } from './code/code-archive.ts';
import { provision } from './program.ts';

/** What `pulumi up` runs; what it returns are the outputs of the stack. */
export default async () => provision(await codeArchive());
