"""Makes the specimens of this folder: gzip in base64, each with the EICAR test file as its payload.

Needs Debian's packages qpdf, upx-ucl (backports) and wixl, and from PyPI pyinstaller and the source of
xlsxwriter (its folder is the argument, for a project of macros that Excel has made).
"""
import base64, gzip, pathlib, struct, subprocess, sys, tempfile
from email import policy
from email.message import EmailMessage
from PyInstaller.archive.writers import CArchiveWriter, ZlibArchiveWriter

here = pathlib.Path(__file__).parent
eicar = ('X5O!P%@AP[4\\PZX54(P^)7CC)7}' + '$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*').encode()
work = pathlib.Path(tempfile.mkdtemp())


def keep(name, data):
    (here / f'{name}.txt').write_text(base64.encodebytes(gzip.compress(data, 9, mtime=0)).decode())


def run(*command):
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)


def elf(bits, machine):
    """A program of data and calls: nothing runs it."""
    calls = {62: b'\xe8\x10\x00\x00\x00\x90\x0f\x84\x04\x00\x00\x00', 3: b'\xe8\x10\x00\x00\x00\x90', 183: struct.pack('<I', 0x94000004)}
    body = eicar.ljust(128, b'\0') + calls[machine] * 400 + bytes(range(256)) * 2 + b'a line of text\n' * 600
    head, entry = (64, 56) if bits == 64 else (52, 32)
    start = head + entry
    size = start + len(body)
    base = 0x400000
    ident = b'\x7fELF' + bytes([bits // 32, 1, 1, 3]) + bytes(8)
    if bits == 64:
        header = ident + struct.pack('<HHIQQQIHHHHHH', 2, machine, 1, base + start + 128, 64, 0, 0, 64, 56, 1, 64, 0, 0)
        header += struct.pack('<IIQQQQQQ', 1, 5, 0, base, base, size, size, 0x10000 if machine == 183 else 0x1000)
    else:
        header = ident + struct.pack('<HHIIIIIHHHHHH', 2, machine, 1, base + start + 128, 52, 0, 0, 52, 32, 1, 40, 0, 0)
        header += struct.pack('<IIIIIIII', 1, 0, base, base, size, size, 5, 0x1000)
    return header + body + b'the rest, which is not loaded' * 40


def pe(bits):
    code = b'\xe8\x10\x00\x00\x00\x90' * 300 + eicar + b'\0'
    text = code.ljust(0x1000, b'\xc3')
    names = b'\0\0ExitProcess\0'
    rva = 0x2000
    thunk = struct.pack('<II' if bits == 32 else '<QQ', rva + 0x80, 0)
    data = struct.pack('<IIIII', rva + 0x40, 0, 0, rva + 0xa0, rva + 0x60) + bytes(20)
    data = data.ljust(0x40, b'\0') + thunk
    data = data.ljust(0x60, b'\0') + thunk
    data = (data.ljust(0x80, b'\0') + names).ljust(0xa0, b'\0') + b'KERNEL32.dll\0'
    data = data.ljust(0x200, b'\0')
    machine, magic, size = (0x14c, 0x10b, 0xe0) if bits == 32 else (0x8664, 0x20b, 0xf0)
    dos = b'MZ'.ljust(0x3c, b'\0') + struct.pack('<I', 0x80) + bytes(0x40)
    coff = b'PE\0\0' + struct.pack('<HHIIIHH', machine, 2, 0, 0, 0, size, 0x103 if bits == 32 else 0x22)
    base = struct.pack('<II', 0x2000, 0x400000) if bits == 32 else struct.pack('<Q', 0x400000)
    opt = struct.pack('<HBBIIIII', magic, 9, 0, 0x1000, 0x200, 0, 0x1000, 0x1000) + base
    opt += struct.pack('<IIHHHHHHIIIIHH', 0x1000, 0x200, 5, 0, 0, 0, 5, 0, 0, 0x3000, 0x400, 0, 3, 0)
    opt += struct.pack('<IIIIII' if bits == 32 else '<QQQQII', 0x100000, 0x1000, 0x100000, 0x1000, 0, 16)
    opt += bytes(8) + struct.pack('<II', rva, 0x28) + bytes(8 * 14)
    table = b'.text\0\0\0' + struct.pack('<IIIIIIHHI', 0x1000, 0x1000, 0x1000, 0x400, 0, 0, 0, 0, 0x60000020)
    table += b'.data\0\0\0' + struct.pack('<IIIIIIHHI', 0x200, 0x2000, 0x200, 0x1400, 0, 0, 0, 0, 0xc0000040)
    return (dos + coff + opt + table).ljust(0x400, b'\0') + text + data


def packed(name, program, method):
    source, target = work / name, work / f'{name}.{method}'
    source.write_bytes(program)
    source.chmod(0o755)
    run('upx', '-qqq', f'--{method}', '-o', target, source)
    keep(f'{name}-{method}.upx', target.read_bytes())


for bits, machine, name in ((64, 62, 'amd64'), (32, 3, 'i386'), (64, 183, 'arm64')):
    program = elf(bits, machine)
    keep(name, program)
    for method in ('nrv2b', 'nrv2d', 'nrv2e', 'lzma') if name != 'arm64' else ('nrv2e', 'lzma'):
        packed(name, program, method)
for bits in (32, 64):
    for method in ('nrv2b', 'nrv2d', 'nrv2e', 'lzma'):
        packed(f'pe{bits}', pe(bits), method)

(work / 'eicar.com').write_bytes(eicar)
plain = work / 'plain.pdf'
objects = work / 'objects.pdf'
run('qpdf', '--empty', '--add-attachment', work / 'eicar.com', '--', plain)
run('qpdf', plain, '--object-streams=generate', objects)
keep('objects.pdf', objects.read_bytes())
for name, password, options in (
    ('rc4-40', '', ['40']),
    ('rc4-128', '', ['128', '--use-aes=n']),
    ('aes-128', '', ['128', '--use-aes=y']),
    ('aes-256', '', ['256']),
    ('infected', 'infected', ['256']),
    ('unknown', 'another one', ['256']),
):
    target = work / f'{name}.pdf'
    run('qpdf', '--allow-weak-crypto', '--encrypt', password, 'owner', *options, '--', objects, target)
    keep(target.name, target.read_bytes())

(work / 'a.wxs').write_text('''<?xml version="1.0"?><Wix xmlns="http://schemas.microsoft.com/wix/2006/wi"><Product Id="*" Name="e"
 Language="1033" Version="1.0.0" Manufacturer="m" UpgradeCode="12345678-1234-1234-1234-123456789012"><Package
 InstallerVersion="200" Compressed="yes"/><Media Id="1" Cabinet="c.cab" EmbedCab="yes"/><Directory Id="TARGETDIR"
 Name="SourceDir"><Component Id="C" Guid="12345678-1234-1234-1234-123456789013"><File Id="F" Source="eicar.com"/>
 </Component></Directory><Feature Id="X" Level="1"><ComponentRef Id="C"/></Feature></Product></Wix>''')
subprocess.run(['wixl', '-o', 'a.msi', 'a.wxs'], check=True, cwd=work)
keep('package.msi', (work / 'a.msi').read_bytes())
keep('vbaProject.bin', (pathlib.Path(sys.argv[1]) / 'examples' / 'vbaProject.bin').read_bytes())

inner = EmailMessage()
inner['From'], inner['To'], inner['Subject'] = 'a@example.com', 'b@example.com', 'inner'
inner.set_content('Grüße\n' * 3, cte='quoted-printable')
inner.add_alternative('<p>hello</p>', subtype='html')
inner.add_attachment(eicar, maintype='application', subtype='octet-stream', filename='rechnung ü 日本語.com')
outer = EmailMessage()
outer['From'], outer['To'], outer['Subject'] = 'c@example.com', 'd@example.com', 'outer'
outer.set_content('see below')
outer.add_attachment(inner)
for part in (inner, *[each for message in (inner, outer) for each in message.walk() if each.is_multipart()]):
    if part.get_content_maintype() == 'multipart':
        part.set_boundary('a-boundary' if part is inner else 'the-boundary' if part is outer else 'another')
keep('nested.eml', outer.as_bytes(policy=policy.SMTP))

script = work / 'hello.py'
script.write_text(f'print({eicar.decode()!r})\n')
code = compile(script.read_text(), 'hello', 'exec')
pyz = work / 'PYZ.pyz'
ZlibArchiveWriter(str(pyz), [('hello', str(script), 'PYMODULE')], code_dict={'hello': code})
bundle = work / 'bundle'
CArchiveWriter(str(bundle), [('eicar.com', str(work / 'eicar.com'), True, 'b'), ('PYZ.pyz', str(pyz), False, 'z')], 'libpython3.so')
keep('bundle.pyinstaller', b'\x7fELF' + bytes(60) + bundle.read_bytes())
