Get-ComputerInfo | Select-Object CsName, OsName, OsVersion | Export-Csv -Path inventory.csv -NoTypeInformation
