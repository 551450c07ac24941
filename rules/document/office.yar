rule Document_VBA_Auto_Exec_Shell {
  meta:
    description = "A macro that starts by itself when the document is opened and runs a program"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1204/002/"
    severity = "high"
  strings:
    $auto = /\bSub\s{1,4}(Auto_?Open|Auto_?Exec|Auto_?Close|Document_?Open|Document_?Close|Workbook_?Open|Workbook_?Activate)\b/ nocase
    $shell1 = /\bShell\s{0,2}\(?\s{0,2}["\w]/ nocase
    $shell2 = /CreateObject\s{0,2}\(\s{0,2}["'](WScript\.Shell|Shell\.Application|MSXML2\.(Server)?XMLHTTP|Microsoft\.XMLHTTP|ADODB\.Stream)/ nocase
    $run1 = /\b(powershell|cmd(\.exe)?\s{1,4}\/c|mshta|regsvr32|rundll32|certutil)\b/ nocase
    $run2 = "URLDownloadToFile" nocase
    $run3 = ".SaveToFile" nocase
    $run4 = ".Run" nocase
  condition:
    filesize < 10MB and $auto and any of ($shell*) and any of ($run*)
}

rule Document_OOXML_Remote_Template {
  meta:
    description = "A relationship of an Office document that loads its template or an object from the network"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1221/"
    severity = "high"
  strings:
    $kind = /relationships\/(attachedTemplate|oleObject|frame|subDocument)"/
    $remote = /Target\s{0,2}=\s{0,2}"(mhtml:)?(https?|ftp|file):\/\/[^"\s]{4,300}"/ nocase
    $external = /TargetMode\s{0,2}=\s{0,2}"External"/ nocase
  condition:
    filesize < 1MB and all of them
}

rule Document_RTF_Equation_Object {
  meta:
    description = "An RTF document with an object of the Equation Editor, which is the way of CVE-2017-11882"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://nvd.nist.gov/vuln/detail/CVE-2017-11882"
    severity = "critical"
  strings:
    $objdata = /\\objdata\b/
    $update = /\\objupdate\b/
    $class = /4571[\s]{0,4}7561[\s]{0,4}7469[\s]{0,4}6f6e[\s]{0,4}2e33/ nocase
    $clsid = /02ce020000000000c000000000000046/ nocase
  condition:
    uint32be(0) == 0x7b5c7274 and filesize < 10MB and $objdata and ($class or $clsid or ($update and #objdata > 8))
}

rule Document_PDF_Launch_Script {
  meta:
    description = "A PDF that acts by itself when it is opened: launches a program, or runs a script that fetches or drops something"
    author = "Rearview project"
    date = "2026-11-24"
    reference = "https://attack.mitre.org/techniques/T1204/002/"
    severity = "medium"
  strings:
    $open = /\/(OpenAction|AA)\b/
    $launch = /\/Launch\b[\s\S]{0,200}(\/Win\b|\/F\s{0,4}\(|cmd\.exe|powershell)/
    $javascript = /\/(JavaScript|JS)\b/
    $export = "exportDataObject"
    $util = "util.printf"
    $collab = /Collab\.(collectEmailInfo|getIcon)/
    $unescape = /unescape\s{0,2}\(\s{0,2}["']%u[0-9a-f]{4}/ nocase
  condition:
    uint32be(0) == 0x25504446 and filesize < 20MB and $open and
    ($launch or ($javascript and any of ($export, $util, $collab, $unescape)))
}
