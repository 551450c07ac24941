import { join } from 'node:path';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import type { ExecutionContext } from 'ava';
import { readAwsConfig } from '../../targets/aws/aws-config.ts';
import { openAwsTarget } from '../../targets/aws/aws-target.ts';
import { type AwsServices, startAwsServices } from '../../testing/aws/aws-services.ts';
import { callerOf } from '../../testing/aws-calls/recorded-request.ts';
import { createGitRepository } from '../../testing/cli/git-repository.ts';
import { createTestCli, testedRule } from '../../testing/cli/run-cli.ts';
import { runCliProcess } from '../../testing/cli/run-cli-process.ts';
import { forward, startHttpServer } from '../../testing/http/http-proxy.ts';
import { testWithDynamo } from '../../testing/test-unless.ts';
import { useEnvironment } from '../../testing/use-environment.ts';

/** Reads the pointer, reads it again before it writes, writes. */
const requestsOfPublish = 3;

interface Hold {
  readonly caller: string;
  /** Which of its requests for the pointer is held, from 0. */
  readonly at: number;
  readonly reached: PromiseWithResolvers<void>;
  readonly free: PromiseWithResolvers<void>;
  seen: number;
}

/** Commits of one rule after the other, each checked out in a folder of its own. */
async function checkOutCommits(t: ExecutionContext, count: number) {
  const cli = await createTestCli(t);
  await cli.write({ '.gitignore': 'at\n' });
  const { git, commit } = createGitRepository(cli.dir);
  const commits: { readonly sha: string; readonly dir: string }[] = [];
  for (let at = 0; at < count; at += 1) {
    await cli.write(testedRule('Evil', `word${at}`));
    const [sha, dir] = [commit(`${at}`), join(cli.dir, 'at', `${at}`)];
    git('worktree', 'add', '--quiet', '--detach', dir, sha);
    commits.push({ sha, dir });
  }
  return commits;
}

async function versionsOf({ s3 }: AwsServices) {
  return (await s3.send(new ListObjectVersionsCommand({ Bucket: 'artifacts' }))).Versions?.length;
}

testWithDynamo(
  'of two merges that publish at once, the later becomes active, wherever one of them is delayed; publishing again writes nothing',
  async (t) => {
    let hold: Hold | undefined;
    const services = await startAwsServices(t, {
      front: async (service, endpoint) => {
        if (service !== 'DYNAMODB') return endpoint;
        return startHttpServer(t, async (request) => {
          const isHeld = hold?.caller === callerOf(request.headers) && request.body.includes('pointer#ruleset/current');
          if (hold !== undefined && isHeld && hold.seen++ === hold.at) {
            hold.reached.resolve();
            await hold.free.promise;
          }
          return forward(endpoint, request);
        });
      },
    });
    useEnvironment(t, services.env);
    const target = openAwsTarget({ config: readAwsConfig(services.env), signer: async () => services.signer });
    t.teardown(() => target.close());
    const commits = await checkOutCommits(t, 4 * requestsOfPublish + 1);
    const publish = async (caller: string, at: number) => {
      const { sha = '', dir = '' } = commits[at] ?? {};
      const env = { ...services.env, AWS_ACCESS_KEY_ID: caller };
      const args = ['--target', 'aws', 'publish', '--commit', sha, '--json'];
      const { code, stdout, stderr } = await runCliProcess(args, { cwd: dir, env });
      t.is(code, 0, stderr);
      return String(JSON.parse(stdout).state);
    };

    const states = new Set<string>();
    let next = 0;
    for (const heldOne of ['earlier', 'later']) {
      for (let at = 0; at < requestsOfPublish; at += 1) {
        hold = { caller: heldOne, at, reached: Promise.withResolvers(), free: Promise.withResolvers(), seen: 0 };
        const [earlier, later] = [next, next + 1];
        next += 2;
        const held = publish(heldOne, heldOne === 'earlier' ? earlier : later);
        await hold.reached.promise;
        const other = await publish('other', heldOne === 'earlier' ? later : earlier);
        hold.free.resolve();
        const [first, second] = heldOne === 'earlier' ? [await held, other] : [other, await held];
        t.is(first, heldOne === 'earlier' ? 'superseded' : 'published');
        t.is(second, 'published');
        states.add(first);
        t.like(await target.library.current(), { commit: commits[later]?.sha });
      }
    }
    t.is(states.size, 2);

    hold = undefined;
    const pointer = await target.state.pointers.get('ruleset/current');
    const versions = await versionsOf(services);
    t.is(await publish('again', next - 1), 'unchanged');
    t.is(await publish('again', 3), 'superseded');
    t.deepEqual(await target.state.pointers.get('ruleset/current'), pointer);
    t.is(await versionsOf(services), versions);
  },
);
