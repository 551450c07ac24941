import { execFile, spawnSync } from 'node:child_process';
import { devNull } from 'node:os';
import { promisify } from 'node:util';

const execute = promisify(execFile);

const version = /aws-cli\/(\d+)\.(\d+)\.\d+/.exec(spawnSync('aws', ['--version'], { encoding: 'utf8' }).stdout ?? '');

/**
 * Why there is no second client of AWS on this machine; null if there is one. It is the Debian
 * package `awscli`.
 */
export const noAwsCli: string | null =
  version === null ? 'the command aws is not installed (Debian package "awscli")' : null;

/**
 * Why that client cannot use the emulator of SQS, which only has the JSON protocol; null if it can.
 */
export const noAwsCliForSqs: string | null =
  noAwsCli ?? (speaksJson() ? null : `${version?.[0]} is older than 1.33 or 2.16`);

/** Since spring 2024; the releases before took it up and dropped it again. */
function speaksJson(): boolean {
  const [major = 0, minor = 0] = (version ?? []).slice(1).map(Number);
  return major > 2 || minor >= (major === 2 ? 16 : 33);
}

export interface AwsCliOptions {
  /** Folder that it runs in. */
  readonly cwd: string;
  /** URLs by the name that the command has for the service. */
  readonly endpoints: Readonly<Record<string, string>>;
}

/**
 * Amazon's own command line on emulators: a client that shares no code with Rearview. Returns its
 * output; its first argument is the service. Finds nothing of the machine's own configuration.
 */
export function createAwsCli({ cwd, endpoints }: AwsCliOptions): (...args: readonly string[]) => Promise<string> {
  return async (service = '', ...args) => {
    const url = endpoints[service];
    if (url === undefined) throw new Error(`No endpoint for ${service} is given.`);
    // Not by environment variables, which older versions do not know.
    const { stdout } = await execute('aws', ['--endpoint-url', url, '--output', 'json', service, ...args], {
      cwd,
      maxBuffer: 64 * 1024 * 1024,
      env: {
        PATH: process.env['PATH'],
        HOME: cwd,
        LANG: 'C.UTF-8',
        AWS_CONFIG_FILE: devNull,
        AWS_SHARED_CREDENTIALS_FILE: devNull,
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_PAGER: '',
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
      },
    });
    return stdout;
  };
}
