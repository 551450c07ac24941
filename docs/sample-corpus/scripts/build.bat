@echo off
msbuild solution.sln /p:Configuration=Release
certutil -hashfile out\setup.exe SHA256
