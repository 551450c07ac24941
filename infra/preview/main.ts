/**
 * `npm run infra:preview`: runs the Pulumi program against a temporary backend, without an account.
 * Its exit code is Pulumi's.
 */
import { projectFolder } from '../code/folders.ts';
import { previewProgram } from './preview-program.ts';

const complain = (text: string) => void process.stderr.write(`${text}\n`);
try {
  process.exitCode = await previewProgram({ project: projectFolder, env: process.env, complain });
} catch (error) {
  complain(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
