"""YARA-X as PyPI has it, over all files of folders: the anchor of `npm run bench -- up`.

python3 bench/native-files.py <JSON of sources> <folder>...

Prints one line of JSON. Like the pipeline, it does not follow links, and gives the rules the names
of the file.
"""
import json
import os
import resource
import stat
import sys

import yara_x

compiler = yara_x.Compiler()
for name in ("filename", "filepath", "extension", "filetype"):
    compiler.define_global(name, "")
for each in json.load(open(sys.argv[1])):
    compiler.new_namespace(each["namespace"])
    compiler.add_source(each["source"])
scanner = yara_x.Scanner(compiler.build())
files = size = matches = 0
for root in sys.argv[2:]:
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            try:
                if not stat.S_ISREG(os.lstat(path).st_mode):
                    continue
                with open(path, "rb") as file:
                    content = file.read()
            except OSError:
                continue
            shown = name.encode("utf-8", "replace").decode()
            extension = os.path.splitext(shown)[1]
            values = {"filename": shown, "filepath": path.encode("utf-8", "replace").decode()}
            values |= {"extension": extension, "filetype": extension[1:].upper()}
            for variable, value in values.items():
                scanner.set_global(variable, value)
            matches += len(scanner.scan(content).matching_rules)
            files += 1
            size += len(content)
usage = resource.getrusage(resource.RUSAGE_SELF)
result = {"files": files, "bytes": size, "matches": matches}
print(json.dumps(result | {"cpuSeconds": usage.ru_utime + usage.ru_stime, "peakBytes": usage.ru_maxrss * 1024}))
