/** Prints the table of the configuration; `--write` puts it into docs/how-to/deploy-on-aws.md. */
import { printOrWrite } from '../../src/testing/generated-section.ts';
import { configPage } from './config-page.ts';

await printOrWrite(configPage, process.argv.slice(2));
