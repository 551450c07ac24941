import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { dropNested, resolveRoot, type WalkedFile, walkPaths, withSlashes } from './walk-paths.ts';

async function folder(t: ExecutionContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'rearview-walk-'));
  t.teardown(() => rm(dir, { recursive: true }));
  return dir;
}

async function walk(cwd: string, ...paths: readonly string[]): Promise<readonly WalkedFile[]> {
  const roots = await Promise.all(paths.map((path) => resolveRoot(path, cwd)));
  const found: WalkedFile[] = [];
  for await (const file of walkPaths(dropNested(roots))) found.push(file);
  return found;
}

test('files are listed folder by folder, in byte order of their names, under the given path', async (t) => {
  const dir = await folder(t);
  await mkdir(join(dir, 'f/b'), { recursive: true });
  await mkdir(join(dir, 'f/a'));
  for (const name of ['f/z', 'f/Z', 'f/b/1', 'f/a/2', 'f/ä']) await writeFile(join(dir, name), '');
  const paths = async (...given: readonly string[]) => (await walk(dir, ...given)).map(({ path }) => path);
  t.deepEqual(await paths('f'), ['f/Z', 'f/z', 'f/ä', 'f/a/2', 'f/b/1']);
  t.deepEqual(await paths('f/'), await paths('f'));
  t.deepEqual(await paths('./f/a', 'f/z'), ['./f/a/2', 'f/z']);
  t.deepEqual(await paths('.', 'f/a'), ['./f/Z', './f/z', './f/ä', './f/a/2', './f/b/1']);
  t.deepEqual(await paths('f/z', 'f/z'), ['f/z']);
  t.deepEqual(await paths('f/b', 'f'), await paths('f'));
});

test('a link is followed if it is named, and skipped inside a folder', async (t) => {
  const dir = await folder(t);
  await mkdir(join(dir, 'f'));
  await writeFile(join(dir, 'f/file'), '');
  await symlink('..', join(dir, 'f/up'));
  await symlink('file', join(dir, 'f/link'));
  await symlink('f', join(dir, 'g'));
  t.deepEqual(
    (await walk(dir, 'f')).map(({ path }) => path),
    ['f/file'],
  );
  t.deepEqual(
    (await walk(dir, 'g')).map(({ path }) => path),
    ['g/file'],
  );
  t.deepEqual(
    (await walk(dir, 'f/link')).map(({ path, location }) => [path, location.toString().endsWith('f/file')]),
    [['f/link', true]],
  );
});

test('an entry that is not a regular file has the reason', async (t) => {
  const dir = await folder(t);
  execFileSync('mkfifo', [join(dir, 'fifo')]);
  t.like(await walk(dir, '.'), [{ path: './fifo', problem: { reason: 'not_a_regular_file' } }]);
  t.like(await walk(dir, 'fifo'), [{ path: 'fifo', problem: { reason: 'not_a_regular_file' } }]);
  t.like(await walk('/dev', 'null'), [{ path: 'null', problem: { reason: 'not_a_regular_file' } }]);
});

test('a name that is not UTF-8 keeps its bytes', async (t) => {
  const dir = await folder(t);
  await writeFile(Buffer.concat([Buffer.from(`${dir}/a`), Buffer.from([0xfe])]), '');
  const [file] = await walk(dir, '.');
  t.like(file, { path: './a\ufffd', pathBytes: `${Buffer.from('./a').toString('hex')}fe` });
  t.is(file?.location.at(-1), 0xfe);
});

test('a folder that disappears during the walk is a separate problem', async (t) => {
  const dir = await folder(t);
  await mkdir(join(dir, 'a'));
  await mkdir(join(dir, 'b'));
  await writeFile(join(dir, 'a/1'), '');
  const found: WalkedFile[] = [];
  for await (const file of walkPaths([await resolveRoot('.', dir)])) {
    found.push(file);
    await rm(join(dir, 'b'), { recursive: true, force: true });
  }
  t.like(found, [{ path: './a/1' }, { path: './b', problem: { reason: 'gone' } }]);
  await t.throwsAsync(resolveRoot('missing', dir), { code: 'ENOENT' });
});

test('a Windows path has slashes between its parts, and one of another system keeps its backslashes', (t) => {
  const slashed = (path: string, separator: string) => withSlashes(Buffer.from(path), separator).toString();
  t.is(slashed('C:\\Windows\\System32', '\\'), 'C:/Windows/System32');
  t.is(slashed('\\\\server\\share\\a/b', '\\'), '//server/share/a/b');
  t.is(slashed('/odd\\name', '/'), '/odd\\name');
});

test('a folder below another is dropped on Windows too, and that of a drive leads to all of it', (t) => {
  const kept = (...paths: readonly string[]) =>
    dropNested(
      paths.map((path) => {
        const location = withSlashes(Buffer.from(path), '\\');
        return { given: location, location };
      }),
    ).map(({ location }) => location.toString());
  t.deepEqual(kept('C:\\Windows', 'C:\\Windows\\System32', 'C:\\Windows2'), ['C:/Windows', 'C:/Windows2']);
  t.deepEqual(kept('C:\\Windows', 'C:\\', 'D:\\x'), ['C:/', 'D:/x']);
});
