"""YARA-X as PyPI has it, compiled for this processor: the anchor of `npm run bench -- engine`.

python3 bench/native-subject.py <task> <JSON of sources> <file of paths>

Prints one line of JSON: MB/s of wall time, milliseconds of a scan of 10 bytes, to compile and scan
for the first time, or to read and scan all files.
"""
import json
import sys
import time

import yara_x

task, sources_file, list_file = sys.argv[1:4]
started = time.perf_counter()
compiler = yara_x.Compiler()
for name in ("filename", "filepath", "extension", "filetype", "owner"):
    compiler.define_global(name, "")
for each in json.load(open(sources_file)):
    compiler.new_namespace(each["namespace"])
    compiler.add_source(each["source"])
scanner = yara_x.Scanner(compiler.build())
ten_bytes = bytes(10)
scanner.scan(ten_bytes)
compiled_ms = (time.perf_counter() - started) * 1000

if task == "compile":
    print(json.dumps({"value": compiled_ms}))
elif task == "fixed":
    scans = 0
    started = time.perf_counter()
    while time.perf_counter() - started < 2:
        scanner.scan(ten_bytes)
        scans += 1
    print(json.dumps({"value": (time.perf_counter() - started) * 1000 / scans}))
elif task == "files":
    started = time.perf_counter()
    for path in open(list_file).read().strip().split("\n"):
        with open(path, "rb") as file:
            scanner.scan(file.read())
    print(json.dumps({"value": (time.perf_counter() - started) * 1000}))
else:
    corpus = [open(path, "rb").read() for path in open(list_file).read().strip().split("\n")]
    for content in corpus[:10]:
        scanner.scan(content)
    started = time.perf_counter()
    matches = sum(len(scanner.scan(content).matching_rules) for content in corpus)
    seconds = time.perf_counter() - started
    print(json.dumps({"value": sum(map(len, corpus)) / 1e6 / seconds, "matches": matches}))
